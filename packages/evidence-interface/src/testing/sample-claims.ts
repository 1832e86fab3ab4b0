import { sha256 } from "../digest.ts";
import type { ModelRef } from "../primitives.ts";
import { SampleStream } from "./sample-stream.ts";
import type { SampleDraft, SampleEnd } from "./sample-trial.ts";

/** What a sample backend said and asked between its start and its end, with the raw bytes it was read from. */
export function sampleClaims(
  lane: "fake" | "codex",
  end: SampleEnd,
  model: ModelRef,
  statedUsage: boolean,
): { readonly drafts: readonly SampleDraft[]; readonly streams: readonly SampleStream[] } {
  const stdout = new SampleStream("artifacts/stdout.raw");
  const session = lane === "codex" ? new SampleStream("artifacts/session.raw") : null;
  const hung = end === "timed-out";
  const path = end === "failed-boundary" ? "package.json" : "src/sum.js";
  const drafts: SampleDraft[] = [
    [
      "session.started",
      { raw: stdout.line({ type: "session", id: "s1" }), sessionId: "s1", version: "1.0.0" },
    ],
    ...request(model, 1, hung, statedUsage),
    [
      "tool.started",
      {
        raw: stdout.line({ type: "tool", id: "c1", name: "shell" }),
        callId: "c1",
        tool: "shell",
        input: "npm test",
      },
    ],
  ];
  if (hung) {
    const raw = stdout.line({ type: "progress" });
    drafts.push(["tool.ended", { raw, callId: "c1", status: "unclosed", exitCode: null, reported: true }]);
    drafts.push(["agent.ended", { raw, outcome: "unknown", message: null }]);
    return { drafts, streams: session === null ? [stdout] : [stdout, session] };
  }
  drafts.push(
    [
      "tool.ended",
      {
        raw: stdout.line({ type: "tool-end", id: "c1" }),
        callId: "c1",
        status: "completed",
        exitCode: 0,
        reported: true,
      },
    ],
    ["change.claimed", { raw: (session ?? stdout).line({ type: "change", path }), path, kind: "modified" }],
    ...request(model, 2, false, statedUsage),
    [
      "agent.messaged",
      {
        raw: stdout.line({ type: "message", text: "Done." }),
        kind: "answer",
        text: "Done.",
        truncated: false,
      },
    ],
    [
      "usage.claimed",
      {
        raw: stdout.line({ type: "usage" }),
        usage: { inputTokens: 120, cachedInputTokens: 0, outputTokens: 40 },
      },
    ],
    ["agent.ended", { raw: stdout.line({ type: "end" }), outcome: "completed", message: null }],
  );
  return { drafts, streams: session === null ? [stdout] : [stdout, session] };
}

function request(
  model: ModelRef,
  request: number,
  unanswered: boolean,
  statedUsage: boolean,
): readonly SampleDraft[] {
  if (model.class === "none") return [];
  return [
    [
      "model.requested",
      {
        request,
        path: "POST /v1/responses",
        model: model.id,
        tools: ["shell"],
        providerTools: [],
        bytes: 100,
        sha256: sha256(`request ${request}`),
      },
    ],
    [
      "model.answered",
      unanswered
        ? { request, status: null, end: "unanswered", bytes: 0 }
        : {
            request,
            status: 200,
            end: "complete",
            bytes: 100,
            ...(statedUsage
              ? { usage: { inputTokens: 60, cachedInputTokens: 10 * (request - 1), outputTokens: 20 } }
              : {}),
          },
    ],
  ];
}
