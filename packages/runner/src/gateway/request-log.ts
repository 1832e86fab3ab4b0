import { appendFileSync, closeSync, openSync } from "node:fs";
import type { AnswerEnd, RefusalCode, Usage } from "@stage6/evidence-interface";

/** Most body bytes of one trial that are kept as text; later bodies leave their digest only. */
export const MAX_LOGGED_BODY_BYTES = 8 * 1024 * 1024;
/** UTF-16 units of a body per line, so that no line passes 1 MiB whatever must be escaped. */
const PART_UNITS = 128 * 1024;

/** One line of the request log, written when the answer is over. */
export interface RequestRecord {
  readonly n: number;
  /** RFC 3339 time at which the request was read. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly model: string | null;
  readonly asPlanned: boolean | null;
  readonly toolResults: number | null;
  /** Name of the script step that spoiled the answer. */
  readonly fault: string | null;
  /** Why the request was not forwarded; null when it was, or its client left. */
  readonly refusal: RefusalCode | null;
  readonly requestSha256: string;
  readonly requestBytes: number;
  readonly status: number | null;
  readonly end: AnswerEnd;
  readonly responseBytes: number;
  readonly responseSha256: string;
  /** Token counts that the provider stated; only with an answer that ended `complete`. */
  readonly usage?: Usage;
}

/** What the log holds beside requests: uses as a forward proxy. */
export interface EgressRecord {
  readonly kind: "egress";
  readonly at: string;
  readonly method: string;
  readonly target: string;
}

/** A body for the body log; `bytes` and `sha256` are of the whole body, `body` is null when it was not kept. */
export interface LoggedBody {
  readonly n: number;
  readonly side: "request" | "response";
  readonly bytes: number;
  readonly sha256: string;
  readonly body: Buffer | null;
}

/** The harness's own record of every model request. Writes at once and in order; a failed write is reported once and ends the log. */
export interface RequestLog {
  write(record: RequestRecord | EgressRecord): void;
  writeBody(body: LoggedBody): void;
  /** Body bytes that may still be kept. */
  bodyRoom(): number;
  close(): void;
}

const asText = (body: Buffer): { readonly encoding: "utf8" | "base64"; readonly text: string } => {
  try {
    return {
      encoding: "utf8",
      text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body),
    };
  } catch {
    return { encoding: "base64", text: body.toString("base64") };
  }
};

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

const parts = (text: string): string[] => {
  const cut: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + PART_UNITS);
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to -= 1;
    cut.push(text.slice(from, to));
    from = to;
  }
  return cut;
};

/** Opens both logs for appending; throws the file system's error when one cannot be opened. */
export const openRequestLog = (
  logFile: string,
  bodyFile: string | undefined,
  onFailure: (message: string) => void,
): RequestLog => {
  const log = openSync(logFile, "a", 0o600);
  let bodies: number | null = null;
  try {
    bodies = bodyFile === undefined ? null : openSync(bodyFile, "a", 0o600);
  } catch (error) {
    closeSync(log);
    throw error;
  }
  let room = bodies === null ? 0 : MAX_LOGGED_BODY_BYTES;
  let open = true;
  const append = (file: number, record: object): void => {
    if (!open) return;
    try {
      appendFileSync(file, `${JSON.stringify(record)}\n`);
    } catch (error) {
      open = false;
      onFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    write: (record) => append(log, record),
    writeBody: ({ n, side, bytes, sha256, body }) => {
      if (bodies === null || bytes === 0) return;
      if (body === null || body.length > room) return append(bodies, { n, side, bytes, sha256, kept: false });
      room -= body.length;
      const { encoding, text } = asText(body);
      const all = parts(text);
      for (const [index, part] of all.entries()) {
        append(bodies, {
          n,
          side,
          bytes,
          sha256,
          kept: true,
          encoding,
          part: index + 1,
          parts: all.length,
          text: part,
        });
      }
    },
    bodyRoom: () => room,
    close: () => {
      open = false;
      closeSync(log);
      if (bodies !== null) closeSync(bodies);
    },
  };
};
