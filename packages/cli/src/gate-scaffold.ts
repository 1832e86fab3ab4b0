import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NO_AUTHORITY } from "@stage6/eligibility";
import { CONTRACT_NAMES, type Contract, type LaneRecord } from "@stage6/eligibility";
import { appendRevocation } from "@stage6/eligibility/fs";
import { SCHEMA_VERSION, writeStrictBytes, type Timestamp } from "@stage6/evidence-interface";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { knownMatrix } from "@stage6/failure-matrix";
import { CASE_ADAPTER, contractsInForce, defaultHarnessConfig } from "@stage6/validator";
import { writeMatrix } from "./matrix/write-matrix.ts";

/** Where the backends keep state of their own: never below a target's allowed paths. */
const STATE_PATHS: Readonly<Record<string, readonly string[]>> = {
  case: [".case"],
  codex: [".codex"],
  fake: [],
  pi: [".pi"],
};

/** Writes what the gate needs in a new root: lane registry, contracts in force, matrix, an opened list of revocations. */
export async function writeGateScaffold(root: string, harnessId: string, now: Timestamp): Promise<void> {
  const layout = rootLayout(root);
  for (const [id, { adapter }] of Object.entries(defaultHarnessConfig(harnessId).lanes)) {
    const lane: LaneRecord = {
      schemaVersion: SCHEMA_VERSION,
      id,
      adapter,
      enabledByDefault: NO_AUTHORITY.enabledByDefault,
      statePaths: [...(STATE_PATHS[id] ?? [])],
    };
    await write(join(layout.lanes, id, "lane.json"), lane);
  }
  const inForce = contractsInForce(CASE_ADAPTER);
  for (const name of CONTRACT_NAMES) {
    const contract: Contract = { schemaVersion: SCHEMA_VERSION, name, ...inForce[name], status: "active" };
    await write(join(layout.contracts, `${name}.json`), contract);
  }
  await writeMatrix(root, knownMatrix());
  await appendRevocation(layout.revocations, {
    kind: "opened",
    id: "none",
    revokedAt: now,
    reason: "made with the harness root",
  });
}

async function write(path: string, document: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, writeStrictBytes(document));
}
