import { access } from "node:fs/promises";
import { join } from "node:path";
import {
  APPLICABILITY_PREDICATE,
  APPLICABILITY_REASONS,
  applicabilityPath,
  ApplicabilityRecord,
  checkApplicability,
  type ApplicabilityStatement,
} from "@stage6/comparator";
import {
  checkDocument,
  digestHex,
  formatFinding,
  SCHEMA_VERSION,
  sha256,
  signStatement,
  STATEMENT_TYPE,
  type Sha256,
  type Timestamp,
} from "@stage6/evidence-interface";
import { errorCode, rootLayout, writeNewFile } from "@stage6/evidence-interface/fs";
import { collectTrials, type PlanEntry } from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import type { OpenRoot } from "./open-root.ts";
import { probeBackend } from "./probe-backend.ts";
import { probeLanes, type ProbePlaces } from "./probe-lanes.ts";
import { readRoleKey } from "./role-keys.ts";

const DAY_MS = 86_400_000;

/** What the operator says of a lane that is not applicable. */
export interface ApplicabilityWish {
  readonly lane: string;
  readonly rationale: string;
  readonly recordedBy: string;
  /** Days until the record expires. */
  readonly days: number;
  readonly keys: string;
  readonly places: ProbePlaces;
  readonly now: Timestamp;
}

/** A record that was written, and where. */
export interface WrittenRecord {
  readonly record: ApplicabilityRecord;
  /** Path relative to the root. */
  readonly file: string;
  readonly sha256: Sha256;
}

/**
 * Probes a lane that the plan calls blocked, and writes the signed record of why it is not applicable. Refused when the
 * record would not hold: the probe succeeds, the lane left a trial, or it is fake or the candidate.
 */
export async function recordApplicability(
  root: OpenRoot,
  { id, digest, plan }: PlanEntry,
  wish: ApplicabilityWish,
): Promise<WrittenRecord> {
  const { lane, now } = wish;
  const planned = plan.lanes.find((one) => one.lane === lane);
  const reason = APPLICABILITY_REASONS.find((one) => one === planned?.reason?.code);
  if (planned?.state !== "blocked" || reason === undefined)
    throw refused(
      planned?.state === "planned"
        ? `plan ${id} drives ${lane}`
        : `plan ${id} calls ${lane} ${planned?.reason?.code ?? "by no name"}, which is no reason`,
    );
  const [probed] = (await probeLanes([lane], wish.places)).filter((one) => laneOf(one) === lane);
  if (probed?.kind === "probed" && probed.probed.state === "available")
    throw refused(`the probe of ${lane} succeeds: it can run here`);
  const { value: record, findings } = checkDocument(
    ApplicabilityRecord,
    {
      schemaVersion: SCHEMA_VERSION,
      lane,
      planId: id,
      reasonCode: reason,
      probe: await probeBackend(lane, wish.places, now),
      scope: "plan",
      rationale: wish.rationale,
      recordedBy: wish.recordedBy,
      recordedAt: now,
      expiresAt: new Date(Date.parse(now) + wish.days * DAY_MS).toISOString(),
    },
    "record",
  );
  if (record === null) throw refused(findings.map(formatFinding).join("; "));
  const trials = await collectTrials(root.path, plan, id, root.trusted);
  const left = trials.some((trial) => trial.lane === lane && trial.state !== "missing");
  const problems = checkApplicability(record, id, plan, left, now);
  if (problems.length > 0) throw refused(problems.map(({ message }) => message).join("; "));
  await assertNotCompared(root, id);
  const statement: ApplicabilityStatement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: "plan.json", digest: { sha256: digestHex(digest) } }],
    predicateType: APPLICABILITY_PREDICATE,
    predicate: record,
  };
  const key = await readRoleKey("runner", wish.keys, root.config.id, root.trusted);
  const file = applicabilityPath(lane, id);
  const bytes = signStatement(statement, key);
  if ((await writeNewFile(root.path, join(root.path, file), bytes)) === "different")
    throw refused(`${file} is there already, and records are never written over`);
  return { record, file, sha256: sha256(bytes) };
}

const laneOf = (one: Awaited<ReturnType<typeof probeLanes>>[number]): string =>
  one.kind === "blocked" ? one.id : one.lane.id;

function refused(why: string): CliError {
  return new CliError("NOT_APPLICABLE_REFUSED", EXIT.refused, `no record was written: ${why}`, {
    remedy: "stage6 probe says which lanes can run here.",
  });
}

/** A comparison that was written down names the records it was made from; a later record would contradict it. */
async function assertNotCompared(root: OpenRoot, id: string): Promise<void> {
  try {
    await access(join(rootLayout(root.path).comparisons, `${id}.json`));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  throw refused(`plan ${id} was compared already; make the record before the comparison`);
}
