import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AnswerEnd } from "@stage6/evidence-interface";
import { answerReader, type AnswerReader, type AnswerWatch } from "./answer-reader.ts";
import type { AnswerWriter } from "./answer-writer.ts";
import { apiError } from "./api-error.ts";
import { clientHeaders, upstreamHeaders } from "./forward-headers.ts";
import type { Upstream } from "./gateway-options.ts";
import type { ModelApi } from "./model-api.ts";

/** Where the true answer is spoiled: after so many body bytes the connection ends (`cut`) or falls silent (`stall`). */
export interface Spoiler {
  readonly after: number;
  readonly mode: "cut" | "stall";
}

/** One request to be sent on. */
export interface Forward {
  readonly upstream: Upstream;
  readonly api: ModelApi;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly spoiler: Spoiler | null;
  readonly onActivity: () => void;
  readonly watch: AnswerWatch;
}

const READABLE_ENCODINGS = new Set(["", "identity"]);

/** Sends a request to the upstream and its answer to the client as it comes. Never throws; every way it can end reaches the writer. */
export const forward = (what: Forward, writer: AnswerWriter): void => {
  const { upstream, api, spoiler } = what;
  const url = new URL(upstream.url.replace(/\/+$/, "") + what.path);
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  // A fresh connection per request: a kept one may be closed by the upstream just as it is used again.
  const sent = send(url, {
    method: what.method,
    headers: upstreamHeaders(what.headers, what.body.length, upstream.apiKey),
    agent: false,
  });
  let reader: AnswerReader | null = null;
  let readerEnd: boolean | null = null;

  const readToEnd = (clean: boolean): boolean => (readerEnd ??= reader?.end(clean) ?? false);
  const failed = (message: string): void => {
    // A client that is already gone is told apart when its connection closes.
    if (writer.response.headersSent || writer.response.destroyed) return;
    writer.reply(502, { "content-type": "application/json" }, apiError(api, 502, message), "error-status");
  };
  const broken = (status: number): AnswerEnd =>
    readToEnd(false) ? "complete" : status >= 400 ? "error-status" : "cut";

  const receive = (answer: IncomingMessage): void => {
    const status = answer.statusCode ?? 0;
    const readable = READABLE_ENCODINGS.has((answer.headers["content-encoding"] ?? "").toLowerCase());
    if (!readable || status < 200 || status > 599) {
      answer.destroy();
      return failed("The upstream answered in a way that cannot be watched.");
    }
    reader = answerReader(api, answer.headers["content-type"] ?? "", what.watch);
    const watch = reader;
    let stopped = false;
    const spoil = (): void => {
      if (stopped || spoiler === null) return;
      stopped = true;
      sent.destroy();
      if (spoiler.mode === "stall") return;
      writer.finish(readToEnd(false) ? "complete" : "cut");
      writer.breakOff();
    };
    writer.head(status, clientHeaders(answer.headers));
    if (spoiler?.after === 0) spoil();
    answer.on("data", (chunk: Buffer) => {
      what.onActivity();
      if (stopped || writer.over()) return;
      const part = spoiler === null ? chunk : chunk.subarray(0, spoiler.after - writer.bytes());
      watch.push(part);
      if (!writer.write(part)) {
        answer.pause();
        writer.response.once("drain", () => answer.resume());
      }
      if (spoiler !== null && writer.bytes() >= spoiler.after) spoil();
    });
    answer.on("end", () => {
      if (stopped || writer.over()) return;
      if (spoiler !== null) return spoil();
      const whole = readToEnd(true);
      writer.finish(status >= 400 ? "error-status" : whole ? "complete" : "malformed");
      writer.response.end();
    });
    answer.on("error", () => undefined);
    answer.on("close", () => {
      if (stopped || writer.over()) return;
      writer.finish(broken(status));
      writer.breakOff();
    });
  };

  sent.on("response", receive);
  sent.on("error", (error: NodeJS.ErrnoException) =>
    failed(`The upstream could not be reached (${error.code ?? "error"}).`),
  );
  writer.response.on("close", () => sent.destroy());
  // What the client was told before it left decides.
  writer.whenGone(() => (readToEnd(false) ? "complete" : "unanswered"));
  sent.end(what.body.length > 0 ? what.body : undefined);
};
