import { describe, expect, it } from "vitest";
import { deriveReport } from "./derive-report.ts";
import { Report } from "./report.ts";
import { emptyFacts, foldEvent } from "./report-fold.ts";
import {
  readSampleLog,
  sampleObservation,
  sampleTrial,
  writeSampleLog,
  type SampleDraft,
} from "./testing/index.ts";
import { validateDocument } from "./validate.ts";
import type { Observation } from "./observation.ts";

const digest = `sha256:${"0".repeat(64)}`;
const raw = { artifact: "artifacts/stdout.raw", offset: 0, length: 1 };
const derive = (drafts: readonly SampleDraft[], observation: Partial<Observation> = {}) => {
  const facts = emptyFacts();
  for (const event of readSampleLog(writeSampleLog(drafts))) foldEvent(facts, event);
  return deriveReport({
    facts,
    events: { count: 1, bytes: 1, sha256: digest },
    observation: sampleObservation(observation),
    observationSha256: digest,
  });
};
const codex = sampleTrial({ lane: "codex" }).events;

describe("deriveReport", () => {
  it("is null when the log never said run.started", () => {
    expect(derive(codex.slice(1))).toBeNull();
  });

  it("keeps claims apart from what was observed", () => {
    const report = derive(codex, { workspace: { settled: true, changes: [], gitState: [] } });
    expect(report?.claims.changedPaths).toEqual(["src/sum.js"]);
    expect(report?.boundary.allowedChanges).toBe(0);
    expect(report?.closure.workspace).toBe("unchanged");
  });

  it("sums what the provider stated in complete answers, apart from what the backend claims", () => {
    const stated = sampleTrial({ lane: "codex", statedUsage: true }).events;
    const report = derive(stated);
    expect(report?.model.usage).toEqual({
      answers: 2,
      inputTokens: 120,
      cachedInputTokens: 10,
      outputTokens: 40,
    });
    expect(derive(stated.filter(([type]) => type !== "usage.claimed"))?.model.usage).toEqual(
      report?.model.usage,
    );
    expect(report?.usage).toEqual(derive(codex)?.usage);
    expect(derive(codex)?.model).not.toHaveProperty("usage");
  });

  it.each([
    ["BODY_UNREADABLE", "MODEL_MISMATCH"],
    ["BODY_AMBIGUOUS", "MODEL_MISMATCH"],
    ["MODEL_MISSING", "MODEL_MISMATCH"],
    ["MODEL_OTHER", "MODEL_MISMATCH"],
    ["REQUEST_LIMIT", null],
    ["PATH_CLOSED", null],
    ["BODY_TOO_LARGE", null],
    ["PROVIDER_FEATURE", null],
  ] as const)("closes a trial with a request that was refused as %s by itself as %s", (refusal, wanted) => {
    const spoilt = codex.map((draft): SampleDraft =>
      draft[0] === "model.requested" ? [draft[0], { ...draft[1], model: null, refusal }] : draft,
    );
    const { closure } = derive(spoilt) ?? {};
    const named = [closure?.class, ...(closure?.also ?? [])];
    expect(named.includes("MODEL_MISMATCH")).toBe(wanted !== null);
  });

  it.each(["cut", "malformed", "unanswered", "error-status", "refused", "local"] as const)(
    "takes no token counts from an answer that ended %s",
    (end) => {
      const usage = { inputTokens: 7, cachedInputTokens: 0, outputTokens: 7 };
      const events = codex.map((draft): SampleDraft =>
        draft[0] === "model.answered" ? [draft[0], { ...draft[1], end, usage }] : draft,
      );
      expect(derive(events)?.model).not.toHaveProperty("usage");
    },
  );

  it("ends a sum at the largest count, so that its report stays readable", () => {
    const most = Number.MAX_SAFE_INTEGER;
    const usage = { inputTokens: most, cachedInputTokens: 1, outputTokens: most - 1 };
    const events = codex.map((draft): SampleDraft =>
      draft[0] === "model.answered" ? [draft[0], { ...draft[1], usage }] : draft,
    );
    const report = derive(events);
    expect(report?.model.usage).toEqual({
      answers: 2,
      inputTokens: most,
      cachedInputTokens: 2,
      outputTokens: most,
    });
    expect(validateDocument(Report, report)).toMatchObject({ ok: true });
  });

  it("lists violations of files, git state and protected trees with their rules", () => {
    const report = derive(codex, {
      workspace: {
        settled: true,
        changes: [
          { path: "b", kind: "added", verdict: "violation", rule: "link-escape" },
          { path: "a", kind: "added", verdict: "allowed", rule: null },
        ],
        gitState: [
          { path: "config", kind: "modified" },
          { path: "index", kind: "touched" },
        ],
      },
      protected: [{ name: "core", kind: "tree", before: digest, after: null }],
    });
    expect(report?.boundary.violations).toEqual([
      { path: "b", rule: "link-escape" },
      { path: ".git/config", rule: "git-state" },
      { path: "tree:core", rule: "outside-allowed" },
    ]);
  });

  it("fits its schema whatever a lane names: models and paths are bounded", () => {
    const asked = Array.from({ length: 100 }, (_, at): SampleDraft => [
      "model.requested",
      {
        request: at + 1,
        path: "POST /",
        model: `model-${at}`,
        tools: [],
        providerTools: [],
        bytes: 0,
        sha256: digest,
      },
    ]);
    const report = derive([...codex.slice(0, 5), ...asked], {
      workspace: { settled: true, changes: [], gitState: [{ path: "x".repeat(8192), kind: "added" }] },
    });
    expect(report?.model).toMatchObject({ requests: 100 });
    expect(report?.model.observed.length).toBe(64);
    expect(
      validateDocument(Report, {
        ...report,
        timing: { ...report?.timing, endedAt: report?.timing.startedAt },
      }),
    ).toMatchObject({ ok: true });
  });

  it("counts calls that failed, that were never closed and that only another source told", () => {
    const call = (
      callId: string,
      status: "failed" | "refused" | "unclosed",
      reported: boolean,
    ): readonly SampleDraft[] => [
      ["tool.started", { raw, callId, tool: "t", input: "" }],
      ["tool.ended", { raw, callId, status, exitCode: null, reported }],
    ];
    const report = derive([
      ...codex,
      ...call("c2", "failed", true),
      ...call("c3", "refused", false),
      ...call("c4", "unclosed", true),
    ]);
    expect(report?.claims).toMatchObject({
      toolCalls: 4,
      toolFailures: 2,
      toolsUnclosed: 1,
      toolsUnreported: 1,
    });
  });
});
