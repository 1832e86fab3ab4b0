import {
  began,
  ended,
  end,
  type LogEvent,
  numbered,
  phase,
  result,
  start,
  stopped,
  tool,
} from "./case-log.ts";

const EDIT = tool("implement", "call_0", "edit", { path: "src/value.txt", edits: [] });
const LOOK = tool("verify", "call_0", "bash", { command: "ls" });

const rubric = (verdict: string): object => ({
  rubric: { role: "verifier", categories: [{ category: "edge-cases", verdict, detail: "" }] },
});
const implement = phase(
  "implement",
  result({
    summary: "Done: src/value.txt says new.",
    artifacts: { commit: "0".repeat(40), filesChanged: ["src/value.txt"], testsPassed: true },
  }),
  ...EDIT,
);
const status = (from: string, to: string): LogEvent => ({ event: "status_changed", from, to });
const revise = (cycle: number): LogEvent => ({
  event: "revision_requested",
  source: "verifier",
  cycle,
  failedCategories: [{ category: "edge-cases", verdict: "fail", detail: "" }],
});
const rejected = phase("verify", result(rubric("fail")));
const [one, two] = [
  tool("implement", "call_1", "read", { path: "src/value.txt" }),
  tool("implement", "call_2", "bash", { command: "false" }, true),
];

/** Event logs in the shapes that Case writes, made up for these tests: no byte of them was printed by Case. */
export const SCENARIOS: Readonly<Record<string, readonly LogEvent[]>> = {
  success: numbered([
    start(),
    status("active", "implementing"),
    ...implement,
    ...phase("verify", result({ ...rubric("pass"), summary: "Looked." }), ...LOOK),
    ...phase("review", result({ findings: { critical: 0, warnings: 1, info: 0, details: [] } })),
    ...stopped(),
  ]),
  parallel: (() => {
    const records = numbered([
      start(),
      ...phase("implement", result(), one[0], two[0], two[1], one[1]),
      ...phase("verify"),
      ...phase("review"),
      ...stopped(),
    ]);
    // As on disk: the append that was asked for later may come first.
    const [a, b, c, d, e, ...rest] = records;
    return [a, b, d, c, e, ...rest].filter((record) => record !== undefined);
  })(),
  revised: numbered([
    start(),
    ...implement,
    ...rejected,
    revise(1),
    ...phase("implement"),
    ...phase("verify", result(rubric("pass"))),
    ...phase("review"),
    ...stopped(),
  ]),
  exhausted: numbered([
    start(),
    ...implement,
    ...rejected,
    revise(1),
    ...phase("implement"),
    ...rejected,
    revise(2),
    ...phase("implement"),
    ...rejected,
    { event: "revision_budget_exhausted", cycles: 3 },
    ...phase("review"),
    ...stopped(),
  ]),
  "critical-review": numbered([
    start(),
    ...implement,
    ...phase("verify"),
    ...phase("review", result({ findings: { critical: 2, warnings: 0, info: 0, details: [] } })),
    ...stopped(),
  ]),
  "no-result": numbered([
    start(),
    began("implement"),
    ended("implement", "failed", result({ status: "failed", error: "no result block" })),
    ...["verify", "review", "close"].map((name) => ended(name, "skipped")),
    ...phase("retrospective"),
    end("implementer"),
  ]),
  killed: numbered([start(), began("implement"), EDIT[0]]),
};
