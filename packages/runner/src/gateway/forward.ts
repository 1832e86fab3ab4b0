import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AnswerEnd } from "@stage6/evidence-interface";
import { answerReader, type AnswerReader, type AnswerWatch } from "./answer-reader.ts";
import type { AnswerWriter } from "./answer-writer.ts";
import { answerMask, keySecrets } from "./answer-mask.ts";
import { apiError } from "./api-error.ts";
import { clientHeaders, upstreamHeaders } from "./forward-headers.ts";
import type { Deadlines, Upstream } from "./gateway-options.ts";
import { ROUTES, type ModelApi } from "./model-api.ts";

/** Where the true answer is spoiled: after so many body bytes the connection ends (`cut`) or falls silent (`stall`). */
export interface Spoiler {
  readonly after: number;
  readonly mode: "cut" | "stall";
}

/** One request to be sent on. */
export interface Forward {
  readonly upstream: Upstream;
  readonly api: ModelApi;
  readonly headers: IncomingHttpHeaders;
  /** Empty for an API without a body. */
  readonly body: Buffer;
  readonly spoiler: Spoiler | null;
  readonly deadlines: Pick<Deadlines, "upstreamMs" | "clientMs">;
  readonly onActivity: () => void;
  readonly watch: AnswerWatch;
}

const READABLE_ENCODINGS = new Set(["", "identity"]);

/**
 * Sends a request to the upstream and its answer to the client as it comes, the key in it masked. No redirect is
 * followed, and no word of the client's is part of the address. Never throws; every way it can end reaches the writer.
 */
export const forward = (what: Forward, writer: AnswerWriter): void => {
  const { upstream, api, spoiler, deadlines } = what;
  const { method, path } = ROUTES[api];
  const url = new URL(upstream.url.replace(/\/+$/, "") + path);
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  // A fresh connection per request: a kept one may be closed by the upstream just as it is used again.
  const sent = send(url, {
    method,
    headers: upstreamHeaders(what.headers, what.body.length, upstream.apiKey),
    agent: false,
  });
  const mask = answerMask(upstream.apiKey === undefined ? [] : keySecrets(upstream.apiKey.value));
  let reader: AnswerReader | null = null;
  let readerEnd: boolean | null = null;

  const readToEnd = (clean: boolean): boolean => (readerEnd ??= reader?.end(clean) ?? false);
  const failed = (message: string): void => {
    sent.destroy();
    // A client that is already gone is told apart when its connection closes.
    if (writer.response.headersSent || writer.response.destroyed) return;
    writer.reply(502, { "content-type": "application/json" }, apiError(api, 502, message), "error-status");
  };
  const broken = (status: number): AnswerEnd =>
    readToEnd(false) ? "complete" : status >= 400 ? "error-status" : "cut";
  const silence = setTimeout(
    () => (reader === null ? failed("The upstream did not answer in time.") : void sent.destroy()),
    deadlines.upstreamMs,
  );

  const receive = (answer: IncomingMessage): void => {
    const status = answer.statusCode ?? 0;
    const readable = READABLE_ENCODINGS.has((answer.headers["content-encoding"] ?? "").toLowerCase());
    if (!readable || status < 200 || status > 599)
      return failed("The upstream answered in a way that cannot be watched.");
    reader = answerReader(api, answer.headers["content-type"] ?? "", what.watch);
    const watch = reader;
    let stopped = false;
    const spoil = (): void => {
      if (stopped || spoiler === null) return;
      stopped = true;
      clearTimeout(silence);
      sent.destroy();
      if (spoiler.mode === "stall") return;
      writer.finish(readToEnd(false) ? "complete" : "cut");
      writer.breakOff();
    };
    const pass = (bytes: Buffer): void => {
      const part = spoiler === null ? bytes : bytes.subarray(0, spoiler.after - writer.bytes());
      watch.push(part);
      if (!writer.write(part)) waitForClient(answer);
      if (spoiler !== null && writer.bytes() >= spoiler.after) spoil();
    };
    writer.head(status, clientHeaders(answer.headers, upstream.apiKey));
    if (spoiler?.after === 0) spoil();
    answer.on("data", (chunk: Buffer) => {
      what.onActivity();
      silence.refresh();
      if (stopped || writer.over()) return;
      pass(mask.push(chunk));
    });
    answer.on("end", () => {
      if (stopped || writer.over()) return;
      pass(mask.end());
      if (spoiler !== null) return spoil();
      const whole = readToEnd(true);
      writer.finish(status >= 400 ? "error-status" : whole ? "complete" : "malformed");
      writer.response.end();
    });
    answer.on("error", () => undefined);
    answer.on("close", () => {
      clearTimeout(silence);
      if (stopped || writer.over()) return;
      writer.finish(broken(status));
      writer.breakOff();
    });
  };
  const waitForClient = (answer: IncomingMessage): void => {
    const { response } = writer;
    answer.pause();
    const slow = setTimeout(() => response.destroy(), deadlines.clientMs);
    const over = (): void => {
      clearTimeout(slow);
      response.off("close", over).off("drain", over);
      silence.refresh();
      answer.resume();
    };
    response.on("close", over).on("drain", over);
  };

  sent.on("response", receive);
  // Nothing of this protocol begins with 1xx: what would follow could not be watched.
  sent.on("information", () => failed("The upstream answered with an interim status."));
  sent.on("upgrade", (_answer, socket) => {
    socket.destroy();
    failed("The upstream answered with another protocol.");
  });
  sent.on("error", (error: NodeJS.ErrnoException) =>
    failed(`The upstream could not be reached (${error.code ?? "error"}).`),
  );
  writer.response.on("close", () => {
    clearTimeout(silence);
    sent.destroy();
  });
  // What the client was told before it left decides.
  writer.whenGone(() => (readToEnd(false) ? "complete" : "unanswered"));
  sent.end(what.body.length > 0 ? what.body : undefined);
};
