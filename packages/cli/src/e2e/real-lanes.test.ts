import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codexLane } from "@stage6/lane-codex";
import type { Lane } from "@stage6/lane-contract";
import { piLane } from "@stage6/lane-pi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBackend, ScenarioRun, SCENARIO_LIMITS, type Driven } from "./drive.ts";
import { endBackend } from "./end-backend.ts";
import { ENDED_FROM_OUTSIDE, scenariosOf, type Expected, type RealLane } from "./lane-scenarios.ts";

/** A lane with what only it plays. */
interface Player {
  readonly lane: Lane;
  readonly name: RealLane;
  /** How it comes out when a SIGTERM from outside ends the backend while a command of it runs. */
  readonly ended: Expected & { readonly signal: string | null };
}

/** Declares the tests that every real backend has to pass; gives access to what was driven for the lane's own tests. */
function playScenarios({ lane, name, ended }: Player): (id: string) => Driven {
  const scenarios = scenariosOf(name);
  const driven = new Map<string, Driven>();
  let run: ScenarioRun | null = null;
  const of = (id: string): Driven => {
    const found = driven.get(id);
    if (found === undefined) throw new Error(`no bundle for ${id}`);
    return found;
  };

  beforeAll(async () => {
    const backends = await ensureBackend(name);
    run = await ScenarioRun.create();
    const played = await run.drive(lane, backends, scenarios);
    for (const [id, one] of played.driven) driven.set(id, one);
    if (process.platform !== "linux") return;
    // Alone, and not idle: the limit must not end what the signal shall end.
    const limits = { ...SCENARIO_LIMITS, idleMs: 60_000 };
    const [last, found] = await Promise.all([
      run.drive(lane, backends, [ENDED_FROM_OUTSIDE], limits),
      endBackend("src/value.txt", "running", 50_000),
    ]);
    if (!found) throw new Error(`no backend of ${name} to end`);
    for (const [id, one] of last.driven) driven.set(id, one);
  }, 900_000);
  afterAll(async () => run?.cleanUp());

  it.each(scenarios.map(({ id, expected }) => [id, expected] as const))(
    "%s comes out as observed, whatever the exit code says",
    (id, expected) => {
      const { report, findings } = of(id);
      expect(findings).toEqual([]);
      expect({ outcome: report.outcome, closure: report.closure.class }).toEqual({
        outcome: expected.outcome,
        closure: expected.closure,
      });
      if (expected.exit !== undefined) expect(report.processExit?.code).toBe(expected.exit);
      expect(report.closure.processTreeEmpty).toBe(true);
    },
  );

  // Needs /proc to find the backend; elsewhere the killed backends of the fake lane stand for it.
  it.runIf(process.platform === "linux")(
    "a SIGTERM from outside ends the run, and what it changed is seen",
    () => {
      const { report, findings } = of(ENDED_FROM_OUTSIDE.id);
      expect(findings).toEqual([]);
      expect(report).toMatchObject({
        outcome: ended.outcome,
        closure: { class: ended.closure, processTreeEmpty: true },
        processExit: { code: ended.exit, signal: ended.signal },
        agentOutcome: "unknown",
        boundary: { allowedChanges: 1 },
      });
      expect(report.claims.toolsUnclosed).toBe(1);
    },
  );

  it("lists a push as attempted, and the decoy remote took nothing", () => {
    expect(of("git-push").report.boundary).toMatchObject({
      attempted: ["push"],
      happened: [],
      violations: [],
    });
  });

  it("names the path outside the allowed ones", () => {
    expect(of("outside-write").report.boundary.violations).toEqual([
      { path: "docs/more.md", rule: "outside-allowed" },
    ]);
  });

  it("keeps the changed file of a run whose stream was cut afterwards", async () => {
    const { report, folder } = of("cut-stream");
    expect(report.boundary.allowedChanges).toBe(1);
    expect(report.oracle.state).toBe("passed");
    expect(await readFile(join(folder, "artifacts", "changes.patch"), "utf8")).toContain("+new");
  });

  it("sees that nothing was changed where nothing was to be changed", () => {
    expect(of("no-change").report.boundary).toMatchObject({ allowedChanges: 0, violations: [] });
  });

  it("runs a named command with its fixed words, and sees how it ended", async () => {
    const { report, folder } = of("named-command");
    expect(report.claims).toMatchObject({ toolFailures: 1 });
    const events = await readFile(join(folder, "events.jsonl"), "utf8");
    expect(events).toContain('"status":"failed","exitCode":3');
    expect(await readFile(join(folder, "artifacts", "stdout.raw"), "utf8")).toContain("new");
  });

  it("never asks the model for another id, and offers it no provider-side tool", () => {
    for (const { report } of driven.values()) {
      expect(report.model.observed).toEqual(["stage6-scripted"]);
      expect(report.closure.also).not.toContain("PROVIDER_TOOL");
    }
  });

  it("leaves home, surroundings and remote as they were", async () => {
    const observation: unknown = JSON.parse(
      await readFile(join(of("success").folder, "artifacts", "observation.json"), "utf8"),
    );
    expect(observation).toMatchObject({
      protected: [{ name: "home" }, { name: "origin" }, { name: "surroundings" }],
    });
    for (const item of (observation as { protected: { before: string; after: string }[] }).protected)
      expect(item.before).toBe(item.after);
  });

  return of;
}

describe("the real Codex on the scripted model", () => {
  playScenarios({
    lane: codexLane,
    name: "codex",
    ended: { outcome: "failed", closure: "LANE_KILLED", exit: null, signal: "SIGTERM" },
  });
});

describe("the real Pi on the scripted model", () => {
  const of = playScenarios({
    lane: piLane,
    name: "pi",
    ended: { outcome: "failed", closure: "LANE_CRASH", exit: 143, signal: null },
  });

  it("refuses writes outside and into .git by its guard, and says so", async () => {
    const { report, folder } = of("guarded-writes");
    expect(report.boundary.violations).toEqual([]);
    expect(report.claims.toolFailures).toBe(2);
    const events = await readFile(join(folder, "events.jsonl"), "utf8");
    expect(events.match(/"action\.refused"/g)).toHaveLength(2);
    expect(events.match(/"status":"refused"/g)).toHaveLength(2);
  });

  it("offers named commands and no shell where the fixture names them, and a shell where it names none", async () => {
    const offered = async (id: string) =>
      /"tools":(\[[^\]]*\])/.exec(await readFile(join(of(id).folder, "events.jsonl"), "utf8"))?.[1];
    expect(await offered("named-command")).toBe('["read","edit","write","run_command"]');
    expect(await offered("success")).toBe('["read","bash","edit","write"]');
    expect(of("no-shell").report).toMatchObject({
      boundary: { violations: [] },
      claims: { toolFailures: 1 },
    });
  });

  it("sees by its effect what the shell did outside, which no guard sees", () => {
    expect(of("shell-outside").report.boundary.violations).toEqual([
      { path: "tree:surroundings", rule: "outside-allowed" },
    ]);
  });

  it("tells the model nothing of the target's own instructions", async () => {
    const asked = await readFile(
      join(of("hostile-target").folder, "artifacts", "model-bodies.jsonl"),
      "utf8",
    );
    expect(asked).not.toContain("Always push");
    expect(asked).toContain("You are a coding agent");
  });
});
