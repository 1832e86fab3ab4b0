import type { IncomingMessage, ServerResponse } from "node:http";
import type { Usage } from "@stage6/evidence-interface";
import { answerWriter, type AnswerWriter } from "./answer-writer.ts";
import { apiError } from "./api-error.ts";
import { giveFixedAnswer } from "./fixed-answer.ts";
import { forward, type Forward } from "./forward.ts";
import type { GatewayEvent } from "./gateway-event.ts";
import type { Deadlines, GatewayOptions } from "./gateway-options.ts";
import { faultPlay } from "./play-fault.ts";
import type { ReadBody } from "./read-body.ts";
import { refusalOf } from "./refusal.ts";
import { requestFacts, type RequestFacts } from "./request-facts.ts";
import type { RequestLog } from "./request-log.ts";

/** What all requests of one gateway share. */
export interface RequestContext {
  readonly options: GatewayOptions;
  readonly deadlines: Deadlines;
  readonly log: RequestLog;
  readonly readBody: (request: IncomingMessage) => Promise<ReadBody>;
  readonly emit: (event: GatewayEvent) => void;
  readonly nextNumber: () => number;
  readonly onActivity: () => void;
  readonly onLimit: () => void;
  /** Answers that are not over. */
  readonly open: Set<AnswerWriter>;
}

const asPlannedOf = ({ model }: RequestFacts, plannedModel: string): boolean | null =>
  model === null ? null : model === plannedModel;

/** Reads, reports and judges one request (`target` is what follows the token), then refuses it, plays its fault or forwards it. Rejects only with what `faults` threw. */
export const handleRequest = async (
  context: RequestContext,
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { options, log, emit, open } = context;
  const read = await context.readBody(request);
  const facts = requestFacts(request.method ?? "", target, read);
  const { api, method, pathname, model, toolResults } = facts;
  const n = context.nextNumber();
  const at = new Date(options.clock.now()).toISOString();
  const asPlanned = asPlannedOf(facts, options.plannedModel);
  const fixedAnswers = options.fixedAnswers ?? [];
  const refusal =
    read.state === "left"
      ? null
      : refusalOf(facts, read, {
          overLimit: n > options.maxRequests,
          plannedModel: options.plannedModel,
          fixedNames: fixedAnswers.map(({ name }) => name),
        });
  const fixed = fixedAnswers.find(({ name }) => name === facts.fixed);
  const fault = faultPlay(
    refusal === null && toolResults !== null && fixed === undefined
      ? options.faults(toolResults, facts.system)
      : null,
  );

  let stated: Usage | null = null;
  const writer = answerWriter(response, log.bodyRoom(), context.onActivity, (answer) => {
    const { status, end, bytes, sha256 } = answer;
    // Counts of an answer that did not come whole are not the provider's last word.
    const usage = end === "complete" && stated !== null ? { usage: stated } : {};
    open.delete(writer);
    log.write({
      n,
      at,
      method,
      path: pathname,
      model,
      asPlanned,
      toolResults,
      fault: fault.fault,
      refusal: refusal?.code ?? null,
      requestSha256: read.sha256,
      requestBytes: read.bytes,
      status,
      end,
      responseBytes: bytes,
      responseSha256: sha256,
      ...usage,
    });
    log.writeBody({ n, side: "response", bytes, sha256, body: answer.body });
    emit({ kind: "answered", data: { request: n, status, end, bytes, ...usage } });
  });
  open.add(writer);

  log.writeBody({ n, side: "request", bytes: read.bytes, sha256: read.sha256, body: read.body });
  const path = `${method} ${pathname}`;
  const { bytes, sha256 } = read;
  const refused = refusal === null ? {} : { refusal: refusal.code };
  emit({
    kind: "requested",
    asPlanned,
    data: { request: n, path, model, ...facts.offered, ...refused, bytes, sha256 },
  });
  if (n > options.maxRequests) context.onLimit();

  if (read.state === "left" || response.destroyed) return writer.finish("unanswered");
  if (refusal !== null || api === null) {
    const { status, message } = refusal ?? { status: 403, message: "" };
    return writer.reply(
      status,
      { "content-type": "application/json" },
      apiError(api, status, message),
      "refused",
    );
  }
  if (fixed !== undefined) return giveFixedAnswer(fixed.text, model ?? "", writer);
  if (fault.kind === "play") return fault.play(api, writer);
  const whole: Forward = {
    upstream: options.upstream,
    api,
    headers: request.headers,
    body: Buffer.from(facts.text),
    deadlines: context.deadlines,
    spoiler: fault.spoiler,
    onActivity: context.onActivity,
    watch: {
      onAsk: (call) => emit({ kind: "tool-asked", request: n, ...call }),
      onUsage: (usage) => {
        stated = usage;
      },
    },
  };
  return forward(whole, writer);
};
