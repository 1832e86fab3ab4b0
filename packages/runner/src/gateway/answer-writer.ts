import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AnswerEnd } from "@stage6/evidence-interface";
import { BoundedBytes } from "./bounded-bytes.ts";
import { startSha256 } from "./sha256.ts";

/** How an answer went to the client: body bytes and their digest without transfer framing; `body` null when it was not kept. */
export interface WrittenAnswer {
  readonly status: number | null;
  readonly end: AnswerEnd;
  readonly bytes: number;
  readonly sha256: string;
  readonly body: Buffer | null;
}

/** The answer to one request. Its end is told once, the first time somebody knows it. */
export interface AnswerWriter {
  /** Sends status and headers at once. */
  head(status: number, headers: OutgoingHttpHeaders): void;
  /** Sends body bytes; false when the client reads too slowly and the source should wait for `drain`. */
  write(chunk: Uint8Array): boolean;
  bytes(): number;
  over(): boolean;
  /** Fixes the end; later calls change nothing. */
  finish(end: AnswerEnd): void;
  /** Says how the answer ended when the client is gone before it is over; until then it is `unanswered`. */
  whenGone(decide: () => AnswerEnd): void;
  /** The client is gone, or is about to be. */
  abandon(): void;
  /** A whole small answer. */
  reply(status: number, headers: OutgoingHttpHeaders, body: Buffer, end: AnswerEnd): void;
  /** Ends the connection after what was written, so that the client sees an unfinished answer. */
  breakOff(): void;
  readonly response: ServerResponse;
}

/** Writer for one response; `keepBytes` bounds the copy of the body, `onEnd` is called exactly once. */
export const answerWriter = (
  response: ServerResponse,
  keepBytes: number,
  onBytes: () => void,
  onEnd: (answer: WrittenAnswer) => void,
): AnswerWriter => {
  const hash = startSha256();
  const copy = new BoundedBytes(keepBytes);
  let status: number | null = null;
  let bytes = 0;
  let over = false;
  let decide = (): AnswerEnd => "unanswered";

  const writer: AnswerWriter = {
    response,
    head: (code, headers) => {
      if (over || response.headersSent || response.destroyed) return;
      status = code;
      response.writeHead(code, headers);
      response.flushHeaders();
      onBytes();
    },
    write: (chunk) => {
      if (over || response.destroyed || chunk.length === 0) return true;
      bytes += chunk.length;
      hash.update(chunk);
      copy.append(chunk);
      onBytes();
      return response.write(chunk);
    },
    bytes: () => bytes,
    over: () => over,
    finish: (end) => {
      if (over) return;
      over = true;
      onEnd({ status, end, bytes, sha256: hash.digest(), body: copy.cut ? null : copy.take() });
    },
    whenGone: (decided) => {
      decide = decided;
    },
    abandon: () => {
      if (!over) writer.finish(decide());
    },
    reply: (code, headers, body, end) => {
      writer.head(code, { ...headers, "content-length": String(body.length) });
      writer.write(body);
      writer.finish(end);
      response.end();
    },
    breakOff: () => {
      if (response.socket === null) response.destroy();
      else response.socket.destroySoon();
    },
  };
  // A client may vanish at any point; `close` tells it.
  response.on("error", () => undefined);
  response.on("close", () => writer.abandon());
  return writer;
};
