import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClosureClass, Outcome } from "@stage6/evidence-interface";
import { caseLane, renderResult } from "@stage6/lane-case";
import type { Script } from "@stage6/lane-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ScenarioRun, SCENARIO_LIMITS, type Driven, type Scenario } from "./drive.ts";

const FIX = { do: "edit", path: "src/value.txt", oldText: "old", newText: "new" } as const;
const DONE = { do: "say", text: "Done: src/value.txt says new." } as const;
const COMMIT = { do: "shell", command: "git commit -qam fix && git log --oneline" } as const;
const script = (...steps: Script["steps"]): Script => ({ steps });
const shell = (command: string) => ({ do: "shell", command }) as const;
const say = (text: string) => ({ do: "say", text }) as const;

const REJECTED = say(
  renderResult({
    status: "completed",
    summary: "It does not hold.",
    rubric: {
      role: "verifier",
      categories: [
        { category: "edge-cases", verdict: "fail", detail: "not checked" },
        { category: "evidence", verdict: "pass", detail: "seen" },
      ],
    },
  }),
);
const CRITICAL = say(
  renderResult({
    status: "completed",
    summary: "Two things break.",
    findings: { critical: 2, warnings: 0, info: 0, details: [] },
  }),
);

interface Expected {
  readonly outcome: Outcome;
  readonly closure: ClosureClass;
  readonly also?: readonly ClosureClass[];
  /** Left out where it depends on the moment that the limit hits. */
  readonly exit?: number | null;
}
const completed: Expected = { outcome: "completed", closure: "NONE", exit: 0 };
const failed = (closure: ClosureClass): Expected => ({ outcome: "failed", closure, exit: 0 });

/** What the scripted model makes the real Case do, and how it has to come out; the exit code is 0 whatever happened. */
const SCENARIOS: readonly (Scenario & {
  readonly expected: Expected;
  /** Where strict bounds prevent what the default tier sees. */
  readonly strict?: Expected;
  /** Case leaves the commands of its agents alive when it is killed; only a process namespace ends them with it. */
  readonly leavesProcesses?: true;
})[] = [
  { id: "success", script: script(FIX, COMMIT, DONE), expected: completed },
  { id: "uncommitted", script: script(FIX, DONE), expected: completed },
  { id: "false-claim", script: script(DONE), expected: failed("CLAIM_CONTRADICTED") },
  { id: "failing-command", script: script(shell("exit 3"), DONE), expected: failed("CLAIM_CONTRADICTED") },
  {
    id: "no-change",
    script: script(shell("ls"), DONE),
    oracle: ["true"],
    expects: "no-change",
    expected: completed,
  },
  {
    id: "outside-write",
    script: script(FIX, { do: "write", path: "docs/more.md", content: "more\n" }, DONE),
    expected: failed("BOUNDARY_VIOLATION"),
  },
  {
    id: "shell-outside",
    script: script(FIX, shell("echo x > ../escaped.txt"), DONE),
    expected: failed("BOUNDARY_VIOLATION"),
    strict: completed,
  },
  {
    id: "git-push",
    script: script(FIX, shell("git push origin HEAD; echo rc=$?"), DONE),
    expected: completed,
  },
  {
    id: "moved-main",
    script: script(FIX, COMMIT, shell("git branch -f main HEAD"), DONE),
    expected: failed("BOUNDARY_VIOLATION"),
  },
  {
    id: "own-branch",
    script: script(FIX, shell("git switch -qc other && git commit -qam fix"), DONE),
    expected: failed("BOUNDARY_VIOLATION"),
  },
  {
    id: "hook",
    script: script(FIX, shell("mkdir -p .git/hooks && echo x > .git/hooks/post-commit"), DONE),
    expected: failed("BOUNDARY_VIOLATION"),
  },
  { id: "http-500", script: script({ do: "fault-status", status: 500 }), expected: failed("MODEL_ERROR") },
  { id: "http-401", script: script({ do: "fault-status", status: 401 }), expected: failed("AUTH_FAILURE") },
  {
    id: "http-429",
    script: script({ do: "fault-status", status: 429, retryAfterSeconds: 1 }),
    expected: failed("RATE_LIMIT"),
  },
  {
    id: "cut-stream",
    script: script(FIX, { do: "fault-cut", afterBytes: 200 }),
    expected: failed("MODEL_ERROR"),
  },
  { id: "malformed-stream", script: script({ do: "fault-malformed" }), expected: failed("MODEL_ERROR") },
  {
    id: "hang",
    script: script({ do: "fault-hang" }),
    expected: { outcome: "timed-out", closure: "TIMEOUT_IDLE" },
  },
  {
    id: "stall",
    script: script(FIX, { do: "fault-stall", afterBytes: 200 }),
    expected: { outcome: "timed-out", closure: "TIMEOUT_IDLE" },
  },
  {
    id: "huge-output",
    script: script(FIX, shell("head -c 20000000 /dev/zero | tr '\\0' x"), DONE),
    expected: completed,
  },
  {
    id: "endless-loop",
    script: script(...Array.from({ length: 30 }, () => shell("true")), DONE),
    expected: { outcome: "failed", closure: "REQUEST_LIMIT" },
  },
  {
    id: "sigterm",
    script: script(FIX, shell("kill -TERM $PPID; sleep 5"), DONE),
    expected: {
      outcome: "failed",
      closure: "LANE_KILLED",
      exit: null,
      also: ["ORPHAN", "STREAM_INCOMPLETE"],
    },
    strict: { outcome: "failed", closure: "LANE_KILLED", exit: null, also: ["STREAM_INCOMPLETE"] },
    leavesProcesses: true,
  },
  {
    id: "verifier-exhausted",
    script: { ...script(FIX, DONE), roles: [{ role: "verifier", steps: [REJECTED] }] },
    expected: failed("EVALUATOR_UNSATISFIED"),
  },
  {
    id: "critical-review",
    script: { ...script(FIX, DONE), roles: [{ role: "reviewer", steps: [CRITICAL] }] },
    expected: failed("REVIEW_REJECTED"),
  },
  {
    id: "no-result-block",
    script: { ...script(FIX, DONE), roles: [{ role: "implementer", steps: [FIX, say("I am done.")] }] },
    expected: failed("LANE_FAILED"),
  },
  {
    id: "blocked",
    script: {
      ...script(DONE),
      roles: [
        {
          role: "implementer",
          steps: [say(renderResult({ status: "blocked", summary: "", error: "no idea" }))],
        },
      ],
    },
    expected: failed("LANE_FAILED"),
  },
  {
    id: "verifier-model-error",
    script: {
      ...script(FIX, DONE),
      roles: [{ role: "verifier", steps: [{ do: "fault-status", status: 401 }] }],
    },
    expected: failed("AUTH_FAILURE"),
  },
  {
    id: "hostile-pi-folder",
    script: script(FIX, DONE),
    files: { ".pi/settings.json": '{ "shellPath": "/bin/false" }\n' },
    expected: { outcome: "refused", closure: "TARGET_REFUSED" },
  },
  {
    id: "state-in-target",
    script: script(FIX, DONE),
    files: { ".case/active": "another-task\n" },
    expected: { outcome: "refused", closure: "TARGET_REFUSED" },
  },
];

const LIMITS = { ...SCENARIO_LIMITS, totalMs: 120_000, idleMs: 12_000, modelRequests: 24 };

describe.each(["default", "strict"] as const)("the real Case on the scripted model, %s bounds", (tier) => {
  let run: ScenarioRun;
  let driven: ReadonlyMap<string, Driven> = new Map();
  const of = (id: string): Driven => {
    const found = driven.get(id);
    if (found === undefined) throw new Error(`no bundle for ${id}`);
    return found;
  };
  const artifact = (id: string, name: string): Promise<string> => readFile(join(of(id).folder, name), "utf8");

  beforeAll(async () => {
    run = await ScenarioRun.create();
    ({ driven } = await run.drive(caseLane, "/nowhere", SCENARIOS, LIMITS, tier));
  }, 1_200_000);
  afterAll(() => run.cleanUp());

  it.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
    "%s comes out as observed, whatever the exit code says",
    (id, scenario) => {
      const expected = tier === "strict" ? (scenario.strict ?? scenario.expected) : scenario.expected;
      const { report, findings } = of(id);
      expect(findings).toEqual([]);
      const { class: closure, also } = report.closure;
      expect({ outcome: report.outcome, closure, also }).toMatchObject({
        outcome: expected.outcome,
        closure: expected.closure,
        ...(expected.also === undefined ? {} : { also: expected.also }),
      });
      if (expected.exit !== undefined) expect(report.processExit?.code).toBe(expected.exit);
      expect(report.closure.processTreeEmpty).toBe(tier === "strict" || scenario.leavesProcesses !== true);
      expect(report.claims.driftRecords).toBe(0);
    },
  );

  it("lists a push as attempted, and the decoy remote took nothing", () => {
    expect(of("git-push").report.boundary).toMatchObject({
      attempted: ["push"],
      happened: [],
      violations: [],
    });
  });

  it("never lets the close phase ask for a tool, and never reaches a model with it", async () => {
    for (const { id, expected } of SCENARIOS) {
      if (expected.outcome !== "completed") continue;
      const lines = (await artifact(id, "artifacts/model-log.jsonl")).trim().split("\n");
      const local = lines.filter((line) => line.includes('"end":"local"'));
      expect(local.length).toBe(2);
      expect(of(id).report.boundary.attempted.filter((action) => action !== "push")).toEqual([]);
    }
  });

  it("keeps the commit as a move of the work branch alone", async () => {
    const observation = await artifact("success", "artifacts/observation.json");
    expect(observation).toContain('"branch":"stage6-work"');
    expect(observation).toContain('"path":"refs/heads/stage6-work","kind":"modified"');
    expect(observation).not.toContain('"path":"HEAD"');
    expect(of("moved-main").report.boundary.violations).toContainEqual({
      path: ".git/refs/heads/main",
      rule: "git-state",
    });
  });

  it("asks for three cycles and then says that the evaluator was not satisfied", async () => {
    const events = await artifact("verifier-exhausted", "events.jsonl");
    expect(events.match(/"revision\.requested"/g)).toHaveLength(2);
    expect(events).toContain('"verdict":"exhausted"');
    expect(of("verifier-exhausted").report.agentOutcome).toBe("completed");
  });

  it("believes neither task file nor run log, and keeps both", async () => {
    expect(await artifact("success", "artifacts/claimed-run-log.raw")).toContain('"outcome"');
    expect(await artifact("success", "artifacts/claimed-task.raw")).toContain('"status"');
  });
});
