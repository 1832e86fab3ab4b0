import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BUNDLE_FILES,
  deriveReport,
  emptyFacts,
  EventLogChecker,
  foldEvent,
  Observation,
  checkDocument,
  sha256,
  type LogFacts,
  type Report,
} from "@stage6/evidence-interface";
import { cover, knownMatrix, leavesTrial, rowFixture, type Coverage } from "@stage6/failure-matrix";

const ENDED_WELL = {
  exitCode: 0,
  signal: null,
  endedBy: "exit",
  durationMs: 1,
  stdoutBytes: 1,
  stderrBytes: 0,
  survivors: 0,
} as const;

/** What a reader would have to go on if the witness that decided this closure had been blind. */
function blind(
  witness: Report["closure"]["detectedBy"],
  facts: LogFacts,
  seen: Observation,
): { readonly facts: LogFacts; readonly observation: Observation } {
  switch (witness) {
    case "process":
      return {
        facts: { ...facts, process: ENDED_WELL },
        observation: { ...seen, workspace: { ...seen.workspace, settled: true } },
      };
    case "gateway":
      return {
        facts: {
          ...facts,
          models: new Set(),
          modelRefused: false,
          providerTools: new Set(),
          lastAnswer: null,
          process:
            facts.process === null ? null : { ...facts.process, endedBy: "exit", exitCode: 0, signal: null },
        },
        observation: seen,
      };
    case "workspace":
      return {
        facts,
        observation: {
          ...seen,
          workspace: {
            settled: true,
            gitState: [],
            changes: seen.workspace.changes.filter(({ verdict }) => verdict !== "violation"),
          },
          protected: [],
          actions: seen.actions.map((action) =>
            action.verdict === "happened" ? { ...action, verdict: "unknown" } : action,
          ),
        },
      };
    case "oracle":
      return {
        facts: { ...facts, oracle: { state: "passed", exitCode: 0, durationMs: 1, reason: null } },
        observation: seen,
      };
    case "stream":
      return {
        facts: {
          ...facts,
          driftRecords: 0,
          unreadLines: 0,
          toolsUnclosed: 0,
          reviewRejected: false,
          evaluatorExhausted: false,
          agentOutcome: "completed",
          understood: Math.max(1, facts.understood),
        },
        observation: seen,
      };
    case "harness":
      return {
        facts,
        observation: {
          ...seen,
          preparation: { state: "ready", code: null, detail: "" },
          secrets: { ...seen.secrets, hits: [] },
        },
      };
    case "none":
      // A trial that has to complete guards against what would not have been obeyed, counted or kept.
      return {
        facts: { ...facts, attempted: new Set() },
        observation: {
          ...seen,
          workspace: {
            ...seen.workspace,
            changes: [{ path: "docs/evil", kind: "added", verdict: "violation", rule: "outside-allowed" }],
          },
        },
      };
  }
}

/** The report of a bundle as it would be derived if the witness of its closure had seen nothing. */
async function withoutWitness(folder: string): Promise<Report> {
  const facts = emptyFacts();
  const checker = new EventLogChecker(BUNDLE_FILES.events, (event) => foldEvent(facts, event));
  checker.push(await readFile(join(folder, BUNDLE_FILES.events)));
  const events = checker.end();
  const bytes = await readFile(join(folder, BUNDLE_FILES.observation));
  const { value: seen } = checkDocument(Observation, JSON.parse(bytes.toString("utf8")), "observation");
  if (seen === null) throw new Error(`${folder} has no observation`);
  const input = { events, observationSha256: sha256(bytes) };
  const report = deriveReport({ ...input, facts, observation: seen });
  const weaker =
    report === null ? null : deriveReport({ ...input, ...blind(report.closure.detectedBy, facts, seen) });
  if (weaker === null) throw new Error(`${folder} has no report`);
  return weaker;
}

/**
 * Takes the deciding witness away from every trial below `runs` of a failure matrix. `green`: the cells that are not red
 * then, as `<fixture> <lane>: <state>`; `rows`: ids of the rows that had a trial, sorted.
 */
export async function coverWithoutWitness(
  runs: string,
  { lanes, now }: Pick<Coverage, "lanes" | "now">,
): Promise<{ readonly green: readonly string[]; readonly rows: readonly string[] }> {
  const matrix = knownMatrix();
  const plans = await readdir(runs);
  const green: string[] = [];
  const rows = new Set<string>();
  for (const { lane, adapterVersion, backendSha256 } of lanes)
    for (const row of matrix.rows)
      for (const [at, way] of row.ways.entries()) {
        if (!way.lanes.includes(lane) || !leavesTrial(way.injector)) continue;
        const { id } = rowFixture(row, at);
        for (const plan of plans) {
          const folder = join(runs, plan, lane, id, "001");
          if ((await readdir(folder).catch(() => [])).length === 0) continue;
          rows.add(row.id);
          const report = await withoutWitness(folder);
          const [cell] = cover({
            matrix: { ...matrix, rows: [row] },
            blocks: [],
            evidence: [{ kind: "trial", lane, path: id, sha256: null, report, findings: 0 }],
            lanes: [{ id: lane, blocked: null, adapterVersion, backendSha256 }],
            strict: true,
            now,
          }).cells;
          if (cell?.state !== "wrong-closure") green.push(`${id} ${lane}: ${cell?.state ?? "no cell"}`);
        }
      }
  return { green, rows: [...rows].toSorted((one, other) => (one < other ? -1 : 1)) };
}
