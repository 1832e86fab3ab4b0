import {
  digestHex,
  openEnvelope,
  parseStrictBytes,
  validateDocument,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import {
  DrillStatement,
  injectionFile,
  InjectionRecord,
  wayDigest,
  type FailureMatrix,
  type InjectionEvidence,
  type LaneStanding,
  type Way,
} from "@stage6/failure-matrix";
import { readDocument } from "../read-document.ts";
import { readRootFile } from "../read-root-file.ts";
import type { RootFinding } from "../root-finding.ts";
import type { RootInput } from "../root-input.ts";
import { injectGateInput } from "./gate-injections.ts";
import { listFolder } from "./list-folder.ts";
import { MATRIX_FILES } from "./matrix-files.ts";
import { readSource, spoilBundle, type SourceBundle } from "./spoil-bundle.ts";

/** Records of injections that left no trial, each made again or its signature verified. */
export interface ReadInjections {
  readonly evidence: readonly InjectionEvidence[];
  readonly findings: readonly RootFinding[];
  readonly inputs: readonly RootInput[];
}

interface Recomputed {
  readonly codes: readonly string[] | null;
  readonly fault: string | null;
}

/** Reads every record, and makes what can be made again: the codes that count are the recomputed ones. */
export async function readInjections(
  root: string,
  matrix: FailureMatrix,
  lanes: readonly LaneStanding[],
  trusted: TrustedKeys,
): Promise<ReadInjections> {
  const { names, findings: faults } = await listFolder(root, MATRIX_FILES.injections);
  const findings: RootFinding[] = [...faults];
  const evidence: InjectionEvidence[] = [];
  const inputs: RootInput[] = [];
  const sources = new Map<string, SourceBundle>();
  for (const name of names) {
    const path = `${MATRIX_FILES.injections}/${name}`;
    const signed = name.endsWith(".dsse.json");
    const read = signed ? await readDrill(root, path, trusted) : await readPlain(root, path);
    findings.push(...read.findings);
    if (read.sha256 !== null) inputs.push({ role: "matrix-injection", path, sha256: read.sha256 });
    const { record } = read;
    if (record === null) continue;
    const expected = injectionFile(record.row, record.lane, record.way, signed);
    if (name !== expected) {
      findings.push({ code: "TRIAL_MISMATCH", rule: "injection-name", file: path, found: name, expected });
      continue;
    }
    const way = matrix.rows.find(({ id }) => id === record.row)?.ways[record.way];
    // A record of another version of the row, or of another backend, says nothing about this one.
    if (way === undefined || wayDigest(way) !== record.waySha256 || !isCurrent(record, lanes)) continue;
    const { codes, fault } = await recompute(root, record, way, signed, trusted, sources);
    const differs = codes !== null && codes.join() !== record.codes.join();
    evidence.push({
      kind: "injection",
      row: record.row,
      lane: record.lane,
      way: record.way,
      path,
      sha256: read.sha256,
      codes,
      fault:
        fault ??
        (differs
          ? `the record says ${record.codes.join(", ")}, made again it gives ${codes.join(", ")}`
          : null),
    });
  }
  return { evidence, findings, inputs };
}

function isCurrent(record: InjectionRecord, lanes: readonly LaneStanding[]): boolean {
  const lane = lanes.find(({ id }) => id === record.lane);
  return (
    lane !== undefined &&
    lane.blocked === null &&
    lane.adapterVersion === record.adapterVersion &&
    lane.backendSha256 === record.backendSha256
  );
}

async function recompute(
  root: string,
  record: InjectionRecord,
  { injector }: Way,
  signed: boolean,
  trusted: TrustedKeys,
  sources: Map<string, SourceBundle>,
): Promise<Recomputed> {
  const unfit = (fault: string): Recomputed => ({ codes: null, fault });
  switch (injector.kind) {
    case "bundle-mutation": {
      const { source } = record;
      if (source === null || !isOwnBundle(source.path, record.lane))
        return unfit("the record names no bundle of its lane");
      const bundle = sources.get(source.path) ?? (await readSource(root, source.path, trusted));
      sources.set(source.path, bundle);
      if (!bundle.ok) return unfit(bundle.reason);
      if (bundle.sha256 !== source.sha256) return unfit(`${source.path} is not the bundle that was spoiled`);
      const codes = spoilBundle(bundle.files, injector.mutations, trusted);
      return codes === null
        ? unfit(`${source.path} holds nothing that the edit could change`)
        : { codes, fault: null };
    }
    case "gate-input":
      return injectGateInput(injector);
    case "runner-drill":
      return signed ? { codes: record.codes, fault: null } : unfit("a drill's record has to be signed");
    case "scripted-model":
    case "fake-scenario":
    case "process-wrapper":
      return unfit("this way leaves a trial, not a record");
  }
}

/** `matrix/runs/<plan>/<lane>/<fixture>/<nnn>` of this lane, and nothing else. */
function isOwnBundle(path: string, lane: string): boolean {
  const parts = path.split("/");
  return (
    path.startsWith(`${MATRIX_FILES.root}/runs/`) &&
    parts.length === 6 &&
    parts[3] === lane &&
    parts.every((part) => part !== "" && part !== "." && part !== "..")
  );
}

interface ReadRecord {
  readonly record: InjectionRecord | null;
  readonly sha256: RootInput["sha256"] | null;
  readonly findings: readonly RootFinding[];
}

async function readPlain(root: string, path: string): Promise<ReadRecord> {
  const { value, sha256, findings } = await readDocument(root, path, InjectionRecord);
  return { record: value, sha256, findings };
}

async function readDrill(root: string, path: string, trusted: TrustedKeys): Promise<ReadRecord> {
  const file = await readRootFile(root, path);
  if (!file.ok) return { record: null, sha256: null, findings: [file.finding] };
  const refuse = (finding: Omit<RootFinding, "file">): ReadRecord => ({
    record: null,
    sha256: file.sha256,
    findings: [{ ...finding, file: path }],
  });
  const opened = openEnvelope(file.bytes, trusted);
  if (!opened.ok) return refuse({ code: opened.code, rule: opened.rule });
  const json = parseStrictBytes(opened.payload);
  const statement = json.ok ? validateDocument(DrillStatement, json.value) : null;
  if (statement === null || !statement.ok) return refuse({ code: "SCHEMA_INVALID", rule: "statement" });
  const { predicate, subject } = statement.value;
  if (subject[0]?.digest.sha256 !== digestHex(predicate.waySha256))
    return refuse({ code: "DIGEST_MISMATCH", rule: "signed-way" });
  return { record: predicate, sha256: file.sha256, findings: [] };
}
