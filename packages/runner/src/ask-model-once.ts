import { request } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Usage } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { systemClock } from "./clock.ts";
import { BoundedBytes } from "./gateway/bounded-bytes.ts";
import { canaryBody } from "./gateway/canary-body.ts";
import { ROUTES } from "./gateway/model-api.ts";
import { isSameModel, namedModel } from "./gateway/named-model.ts";
import { startGateway } from "./gateway/start-gateway.ts";
import { newTrialToken } from "./gateway/trial-token.ts";
import type { LiveEndpoint } from "./trial-spec.ts";

/** One request to a live model before its first trial. */
export interface ModelQuestion {
  readonly endpoint: LiveEndpoint;
  /** Model id of the plan. */
  readonly model: string;
  readonly api: NonNullable<Lane["modelApi"]>;
  /** Longest wait for the whole answer, ms. */
  readonly deadlineMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** Why a model cannot be used for trials. */
export type ModelFault =
  | "MODEL_UNREACHABLE"
  | "AUTH_FAILURE"
  | "RATE_LIMIT"
  | "MODEL_ERROR"
  | "MODEL_MISMATCH"
  | "MODEL_USAGE_MISSING";

/** What a model answered: the id it named and the tokens it counted, or why it cannot be used. Holds no word of the key. */
export type ModelAnswer =
  | { readonly ok: true; readonly status: number; readonly named: string; readonly usage: Usage }
  | {
      readonly ok: false;
      readonly code: ModelFault;
      /** HTTP status; null without an answer. */
      readonly status: number | null;
      readonly detail: string;
    };

/** Largest answer that is read, bytes: what was asked for is one word. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Asks a live model for one word, through a gateway as trials do: its endpoint has to answer, with a whole answer of the model
 * that was asked, and with its token counts. Never throws for what an endpoint does; leaves nothing behind.
 */
export async function askModelOnce(question: ModelQuestion): Promise<ModelAnswer> {
  const { endpoint, model, api, deadlineMs } = question;
  const folder = await mkdtemp(join(tmpdir(), "stage6-canary-"));
  const late = AbortSignal.timeout(deadlineMs);
  const signal = question.signal === undefined ? late : AbortSignal.any([late, question.signal]);
  const seen: { end: string | null; usage: Usage | null } = { end: null, usage: null };
  try {
    const gateway = await startGateway({
      upstream: endpoint,
      faults: () => null,
      plannedModel: model,
      maxRequests: 1,
      logFile: join(folder, "log.jsonl"),
      clock: systemClock(),
      token: newTrialToken(),
      listen: "loopback",
      // Longer than the wait for the answer, which then ends first.
      deadlines: { upstreamMs: 2 * deadlineMs },
      onEvent: (event) => {
        if (event.kind !== "answered") return;
        seen.end = event.data.end;
        seen.usage = event.data.usage ?? null;
      },
    });
    const answer = await post(gateway.url + ROUTES[api].path, canaryBody(api, model), signal);
    await gateway.close();
    if (answer === null)
      return unreachable(null, late.aborted ? `no answer within ${deadlineMs / 1000} s` : "no whole answer");
    return judge(question, answer, seen.end, seen.usage);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** The answer to a request; null when none came. An answer that broke off is one, with what came of it. */
async function post(url: string, body: Buffer, signal: AbortSignal): Promise<Answer | null> {
  return new Promise((resolve) => {
    const sent = request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": body.length,
        "anthropic-version": "2023-06-01",
      },
      agent: false,
      signal,
    });
    sent.on("error", () => resolve(null));
    sent.on("response", (response) => {
      const read = new BoundedBytes(MAX_ANSWER_BYTES);
      response.on("data", (part: Buffer) => read.append(part));
      response.on("error", () => undefined);
      response.on("close", () =>
        resolve(signal.aborted ? null : { status: response.statusCode ?? 0, body: read.take() }),
      );
    });
    sent.end(body);
  });
}

const unreachable = (status: number | null, detail: string): ModelAnswer => ({
  ok: false,
  code: "MODEL_UNREACHABLE",
  status,
  detail,
});

/** Statuses of a gateway on the way, ours among them, that got no answer itself. */
const ON_THE_WAY: readonly number[] = [502, 503, 504];

function judge(
  { model, api }: ModelQuestion,
  { status, body }: Answer,
  ended: string | null,
  usage: Usage | null,
): ModelAnswer {
  const fault = (code: ModelFault, detail: string): ModelAnswer => ({ ok: false, code, status, detail });
  const reason = status === 502 ? reasonIn(body) : null;
  if (reason !== null) return unreachable(null, reason);
  if (ON_THE_WAY.includes(status)) return unreachable(status, `it answered ${status}`);
  if (status === 401 || status === 403) return fault("AUTH_FAILURE", `it answered ${status} to this key`);
  if (status === 429) return fault("RATE_LIMIT", "it answered 429: no request is let through now");
  const path = ROUTES[api].path;
  if (status === 404)
    return fault(
      "MODEL_MISMATCH",
      `it answered 404: it has no ${path} below this address, or no model ${model}`,
    );
  if (status < 200 || status > 299)
    return fault("MODEL_ERROR", `it answered ${status} to a request for one word of ${model} by ${path}`);
  if (ended !== "complete") return fault("MODEL_ERROR", `its answer by ${path} was not whole`);
  const named = namedModel(body);
  if (named === null || !isSameModel(model, named))
    return fault("MODEL_MISMATCH", `asked for ${model}, it answered as ${named ?? "no model by name"}`);
  if (usage === null) return fault("MODEL_USAGE_MISSING", "its answer states no token counts");
  return { ok: true, status, named, usage };
}

/** What our own gateway says of a connection that failed: the code alone, since an endpoint's words may be any. */
function reasonIn(body: Buffer): string | null {
  const code = /could not be reached \(([A-Z][A-Z0-9_]{1,39})\)/.exec(body.toString("latin1"))?.[1];
  return code === undefined ? null : `no connection (${code})`;
}
