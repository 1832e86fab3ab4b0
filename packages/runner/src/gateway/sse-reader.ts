import { BoundedBytes } from "./bounded-bytes.ts";

/** One event of an event stream (WHATWG HTML 9.2): `data` lines joined by LF; `truncated` when they were beyond the bound. */
export interface SseEvent {
  readonly event: string;
  readonly data: Buffer;
  readonly truncated: boolean;
}

/** Most bytes of one event that are kept. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;

const LF = Buffer.from("\n");
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Incremental reader of an event stream with bounded memory. Events depend on the bytes, never on how they were cut.
 * Lines end with LF or CRLF (no model API ends them with a lone CR); an event without its blank line is no event.
 */
export const sseReader = (
  onEvent: (event: SseEvent) => void,
  maxBytes = MAX_EVENT_BYTES,
): { push(chunk: Uint8Array): void } => {
  const line = new BoundedBytes(maxBytes);
  const data = new BoundedBytes(maxBytes);
  let name = "";
  let hasData = false;
  let truncated = false;

  const dispatch = (): void => {
    const cut = truncated || data.cut;
    const bytes = data.take();
    if (hasData) onEvent({ event: name, data: bytes, truncated: cut });
    name = "";
    hasData = false;
    truncated = false;
  };

  const endLine = (): void => {
    const cut = line.cut;
    const whole = line.take();
    const bytes = !cut && whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
    if (bytes.length === 0) return dispatch();
    const colon = bytes.indexOf(COLON);
    const key = bytes.toString("latin1", 0, Math.min(colon < 0 ? bytes.length : colon, 16));
    const value = colon < 0 ? Buffer.alloc(0) : bytes.subarray(colon + (bytes[colon + 1] === SPACE ? 2 : 1));
    if (key === "event") name = value.toString("utf8", 0, 256);
    if (key !== "data") return;
    if (hasData) data.append(LF);
    hasData = true;
    truncated ||= cut;
    data.append(value);
  };

  return {
    push: (chunk) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let from = 0;
      for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, from)) {
        line.append(bytes.subarray(from, at));
        endLine();
        from = at + 1;
      }
      line.append(bytes.subarray(from));
    },
  };
};
