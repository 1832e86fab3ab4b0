import type { IncomingMessage, ServerResponse } from "node:http";
import type { ScriptStep } from "@stage6/lane-contract";
import { answerWriter, type AnswerWriter } from "./answer-writer.ts";
import { apiError } from "./api-error.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { boundedText } from "./bounded-text.ts";
import { faultPlay, type FaultPlay } from "./play-fault.ts";
import { forward } from "./forward.ts";
import type { GatewayEvent } from "./gateway-event.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import { field, isRecord, text } from "./json-view.ts";
import { modelApiOf, type ModelApi } from "./model-api.ts";
import { offeredTools } from "./offered-tools.ts";
import type { ReadBody } from "./read-body.ts";
import type { RequestLog } from "./request-log.ts";
import { requestPath } from "./request-path.ts";
import { countToolResults } from "./tool-results.ts";

/** What all requests of one gateway share. */
export interface RequestContext {
  readonly options: GatewayOptions;
  readonly log: RequestLog;
  readonly readBody: (request: IncomingMessage) => Promise<ReadBody>;
  readonly emit: (event: GatewayEvent) => void;
  readonly nextNumber: () => number;
  readonly onActivity: () => void;
  readonly onLimit: () => void;
  /** Answers that are not over. */
  readonly open: Set<AnswerWriter>;
}

/** Why a request is not forwarded. */
interface Refusal {
  readonly status: number;
  readonly message: string;
}

const refusalOf = (
  read: ReadBody,
  allowed: boolean,
  api: ModelApi | null,
  body: unknown,
  overLimit: boolean,
): Refusal | null => {
  if (overLimit) return { status: 429, message: "The trial's limit of model requests is reached." };
  if (!allowed || api === null) return { status: 403, message: "This path is not forwarded." };
  if (read.state === "too-large") return { status: 413, message: "The request body is too large." };
  if (api !== "models" && !isRecord(body))
    return { status: 400, message: "The request body is not a JSON object." };
  return null;
};

const faultOf = (
  faults: (toolResults: number) => ScriptStep | null,
  api: ModelApi | null,
  toolResults: number | null,
): FaultPlay =>
  faultPlay(api === null || api === "models" || toolResults === null ? null : faults(toolResults));

/** Reads, reports and judges one request, then refuses it, plays its fault or forwards it. Never rejects. */
export const handleRequest = async (
  context: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { options, log, emit } = context;
  const read = await context.readBody(request);
  const method = request.method ?? "";
  const { path, pathname, allowed } = requestPath(request.url ?? "", options.token);
  const api = allowed ? modelApiOf(method, pathname) : null;
  const body =
    read.body === null || api === null || api === "models" ? undefined : parseBoundedJson(read.body)?.value;
  const n = context.nextNumber();
  const at = new Date(options.clock.now()).toISOString();

  const named = field(body, "model");
  const model = typeof named === "string" ? boundedText(named, 4096) : null;
  const asPlanned = model === null ? null : model === options.plannedModel;
  const route = boundedText(`${method} ${pathname}`, 1024);
  const offered = api === null ? { tools: [], providerTools: [] } : offeredTools(api, body);
  const toolResults = api === null || body === undefined ? null : countToolResults(api, body);
  const refusal = refusalOf(read, allowed, api, body, n > options.maxRequests);
  const fault = faultOf(options.faults, refusal === null ? api : null, toolResults);

  const writer = answerWriter(response, log.bodyRoom, context.onActivity, (answer) => {
    const { status, end, bytes } = answer;
    context.open.delete(writer);
    log.write({
      ...{
        n,
        at,
        method: boundedText(method, 64),
        path: boundedText(pathname, 1024),
        model,
        asPlanned,
        toolResults,
        fault: fault.fault,
      },
      ...{
        requestSha256: read.sha256,
        requestBytes: read.bytes,
        status,
        end,
        responseBytes: bytes,
        responseSha256: answer.sha256,
      },
    });
    log.writeBody({ n, side: "response", bytes, sha256: answer.sha256, body: answer.body });
    emit({ kind: "answered", data: { request: n, status, end, bytes } });
  });

  context.open.add(writer);
  log.writeBody({ n, side: "request", bytes: read.bytes, sha256: read.sha256, body: read.body });
  emit({
    kind: "requested",
    asPlanned,
    data: { request: n, path: route, model, ...offered, bytes: read.bytes, sha256: read.sha256 },
  });
  if (n > options.maxRequests) context.onLimit();

  if (read.state === "left" || response.destroyed) return writer.finish("unanswered");
  if (refusal !== null || api === null) {
    const { status, message } = refusal ?? { status: 403, message: "This path is not forwarded." };
    return writer.reply(
      status,
      { "content-type": "application/json" },
      apiError(api, status, message),
      "refused",
    );
  }
  if (fault.kind === "play") return fault.play(api, writer);
  forward(
    {
      ...{
        upstream: options.upstream,
        api,
        method,
        path,
        headers: request.headers,
        body: read.body ?? Buffer.alloc(0),
        spoiler: fault.spoiler,
      },
      onActivity: context.onActivity,
      onAsk: (call) => emit({ kind: "tool-asked", request: n, ...call }),
    },
    writer,
  );
};
