import type {
  AcceptanceFiles,
  EligibilityDocuments,
  ContractInForce,
  RawFile,
  TrustFiles,
} from "@stage6/eligibility";
import { SourceObservation } from "@stage6/eligibility";
import {
  checkDocument,
  parseStrictBytes,
  sha256,
  strictFinding,
  type Sha256,
} from "@stage6/evidence-interface";
import { ROOT_FILES } from "../root-files.ts";
import { contractsInForce } from "./contracts-in-force.ts";
import { MATRIX_FILES } from "../matrix/matrix-files.ts";
import { journalAsRead } from "../journal/read-journaled.ts";
import type { MatrixView } from "../matrix/read-matrix.ts";
import type { CollectedTrial } from "../read-trial.ts";
import type { RawReader } from "./raw-reader.ts";

/** The files of the trust root. */
export async function readTrustFiles(reader: RawReader): Promise<TrustFiles> {
  return {
    keys: await reader.file(ROOT_FILES.trustedKeys, "trusted-keys"),
    allowedSigners: await reader.file(ROOT_FILES.allowedSigners, "allowed-signers"),
    revocations: await reader.file(ROOT_FILES.revocations, "revocations"),
    root: await reader.file(ROOT_FILES.trustRoot, "trust-root"),
    rootSignature: await reader.file(ROOT_FILES.trustRootSignature, "trust-root"),
  };
}

/** What a gate is read with, beside its files. */
export interface GateReading {
  readonly trust: TrustFiles;
  readonly founder: string | null;
  /** Trials of the candidate. */
  readonly trials: readonly CollectedTrial[];
  readonly comparison: EligibilityDocuments["comparison"];
  /** Announced attempts of the plan that left no bundle. */
  readonly lostAttempts: number;
  readonly matrix: MatrixView | null;
  readonly caseAdapter: ContractInForce;
  /** journal/journal.jsonl. */
  readonly journal: RawFile | null;
  /** Looks at the candidate's source made by the caller just now. */
  readonly observations: readonly SourceObservation[];
}

/** Reads every document of the gate as it lies in a harness root; nothing about it is believed. */
export async function readGateDocuments(
  reader: RawReader,
  given: GateReading,
): Promise<EligibilityDocuments> {
  const { trust, founder, trials, comparison, lostAttempts, matrix, caseAdapter, journal } = given;
  return {
    harness: await reader.file(ROOT_FILES.harness, "harness"),
    lanes: await perFolder(reader, ROOT_FILES.lanes, "lane.json", "lane"),
    contracts: new Map(
      (await reader.files(ROOT_FILES.contracts, ".json", "contract")).map((file) => [
        baseName(file, ".json"),
        file,
      ]),
    ),
    contractsInForce: contractsInForce(caseAdapter),
    fixtures: await perFolder(reader, ROOT_FILES.fixtures, "fixture.json", "fixture"),
    ownership: await perFolder(reader, ROOT_FILES.fixtures, "ownership.json", "ownership"),
    policy: await reader.file(ROOT_FILES.policy, "policy"),
    policySignature: await reader.file(ROOT_FILES.policySignature, "policy-signature"),
    trust,
    founder,
    stage5: await readStage5(reader),
    admissions: await readAdmissions(reader),
    observations: [...(await readLooks(reader, trials)), ...given.observations],
    comparison,
    lostAttempts,
    matrix: {
      matrix: await reader.file(MATRIX_FILES.matrix, "failure-matrix"),
      blocks: await reader.files(MATRIX_FILES.blocked, ".json", "matrix-block"),
      evidence: matrix?.evidence ?? [],
      strict: matrix?.strict ?? false,
    },
    proofs: [...(await perFolder(reader, ROOT_FILES.proofs, "comparison.dsse.json", "proof")).values()],
    acceptances: await readAcceptances(reader),
    journal: journalAsRead(journal),
    ledger: await reader.file(`${ROOT_FILES.eligibility}/ledger.jsonl`, "ledger"),
    records: await reader.files(ROOT_FILES.eligibility, ".dsse.json", "record"),
  };
}

const baseName = ({ path }: RawFile, ending: string): string =>
  path.slice(path.lastIndexOf("/") + 1, -ending.length);

/** One file of the same name in each folder of a folder, by the name of its folder. */
async function perFolder(
  reader: RawReader,
  folder: string,
  name: string,
  role: "fixture" | "lane" | "ownership" | "proof",
): Promise<ReadonlyMap<string, RawFile>> {
  const files = new Map<string, RawFile>();
  for (const one of await reader.folders(folder)) {
    const file = await reader.file(`${folder}/${one}/${name}`, role);
    if (file !== null) files.set(one, file);
  }
  return files;
}

async function readStage5(reader: RawReader): Promise<EligibilityDocuments["stage5"]> {
  const evidence = [];
  for (const envelope of await reader.files(ROOT_FILES.stage5, ".dsse.json", "stage5")) {
    const id = baseName(envelope, ".dsse.json");
    evidence.push({ envelope, files: await reader.digests(`${ROOT_FILES.stage5}/${id}`) });
  }
  return evidence;
}

async function readAdmissions(reader: RawReader): Promise<readonly RawFile[]> {
  const found: RawFile[] = [];
  for (const lane of await reader.folders(ROOT_FILES.admissions))
    found.push(...(await reader.files(`${ROOT_FILES.admissions}/${lane}`, ".dsse.json", "admission")));
  return found;
}

/** Roles of the looks at the candidate's source that a bundle may hold. */
const LOOKS = ["source-before", "source-after"];

/**
 * Looks at the source around each trial, as its sealed bundle holds them; one that cannot be read, or is not the bundle's
 * any more, is a finding and counts as not made.
 */
async function readLooks(
  reader: RawReader,
  trials: readonly CollectedTrial[],
): Promise<readonly SourceObservation[]> {
  const found: SourceObservation[] = [];
  for (const { folder, manifest, state } of trials)
    for (const file of manifest?.files ?? []) {
      if (state !== "present" || !LOOKS.includes(file.role)) continue;
      const read = await reader.file(`${folder}/${file.path}`, "observation");
      if (read === null || sha256(read.bytes) !== file.sha256) continue;
      const json = parseStrictBytes(read.bytes);
      if (!json.ok) {
        reader.findings.push(strictFinding(json, read.path));
        continue;
      }
      const { value, findings } = checkDocument(SourceObservation, json.value, read.path);
      reader.findings.push(...findings);
      if (value !== null) found.push(value);
    }
  return found;
}

async function readAcceptances(reader: RawReader): Promise<EligibilityDocuments["acceptances"]> {
  const all = new Map<Sha256, AcceptanceFiles[]>();
  for (const hex of await reader.folders(ROOT_FILES.acceptances)) {
    const folder = `${ROOT_FILES.acceptances}/${hex}`;
    const files: AcceptanceFiles[] = [];
    for (const document of await reader.files(folder, ".json", "acceptance"))
      files.push({ document, signature: await reader.file(`${document.path}.sig`, "acceptance") });
    all.set(`sha256:${hex}`, files);
  }
  return all;
}
