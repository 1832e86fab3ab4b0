import type { ScriptStep } from "@stage6/lane-contract";
import type { AnswerWriter } from "./answer-writer.ts";
import { apiError } from "./api-error.ts";
import type { Spoiler } from "./forward.ts";
import type { ModelApi } from "./model-api.ts";

/** What the gateway does with a request: play a fault itself, or forward it, perhaps spoiling the answer. */
export type FaultPlay =
  | { readonly kind: "forward"; readonly fault: string | null; readonly spoiler: Spoiler | null }
  | {
      readonly kind: "play";
      readonly fault: string;
      readonly play: (api: ModelApi, writer: AnswerWriter) => void;
    };

/** Bytes that are no event stream: text without a field, a broken JSON event, and bytes that are no UTF-8. */
const GARBAGE = Buffer.concat([
  Buffer.from('<html>not an event stream\n\ndata: {"type":"response.out\n\n'),
  Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a, 0x0a]),
]);

const PLAIN: FaultPlay = { kind: "forward", fault: null, spoiler: null };

/** How a script step spoils a request; steps that are no fault leave it alone. */
export const faultPlay = (step: ScriptStep | null): FaultPlay => {
  switch (step?.do) {
    case "fault-status": {
      const { status, retryAfterSeconds } = step;
      return {
        kind: "play",
        fault: step.do,
        play: (api, writer) => {
          const retry = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
          writer.reply(
            status,
            { "content-type": "application/json", ...retry },
            apiError(api, status, `Scripted fault: HTTP ${status}.`),
            "error-status",
          );
        },
      };
    }
    case "fault-malformed":
      return {
        kind: "play",
        fault: step.do,
        play: (_api, writer) => {
          writer.head(200, { "content-type": "text/event-stream" });
          writer.write(GARBAGE);
          writer.finish("malformed");
          writer.response.end();
        },
      };
    case "fault-hang":
      return { kind: "play", fault: step.do, play: () => undefined };
    case "fault-cut":
      return { kind: "forward", fault: step.do, spoiler: { after: step.afterBytes, mode: "cut" } };
    case "fault-stall":
      return { kind: "forward", fault: step.do, spoiler: { after: step.afterBytes, mode: "stall" } };
    default:
      return PLAIN;
  }
};
