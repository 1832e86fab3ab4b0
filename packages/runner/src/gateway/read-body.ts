import type { IncomingMessage } from "node:http";
import { startSha256 } from "./sha256.ts";

/** Largest request body that is kept and forwarded, bytes. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Most body bytes held for all requests together. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;
/** Bytes of a too large body that are read and dropped, so that the client can read its refusal. */
const MAX_DRAINED_BYTES = 256 * 1024 * 1024;

/** A request body: `bytes` and `sha256` count everything received, `body` is null when it was not kept. */
export interface ReadBody {
  readonly state: "whole" | "too-large" | "left";
  readonly bytes: number;
  readonly sha256: string;
  readonly body: Buffer | null;
}

/** Reader of request bodies with one memory budget for all of them; a client that takes longer than `deadlineMs` counts as gone, and is. Its promises never reject. */
export const bodyReader = (
  onBytes: () => void,
  deadlineMs: number,
): ((request: IncomingMessage) => Promise<ReadBody>) => {
  let held = 0;
  return (request) =>
    new Promise((resolve) => {
      const hash = startSha256();
      let chunks: Buffer[] | null = [];
      let bytes = 0;
      let kept = 0;
      let settled = false;
      const late = setTimeout(() => request.destroy(), deadlineMs);
      const drop = (): void => {
        held -= kept;
        kept = 0;
        chunks = null;
      };
      const settle = (state: "whole" | "left"): void => {
        if (settled) return;
        settled = true;
        clearTimeout(late);
        const body = state === "whole" && chunks !== null ? Buffer.concat(chunks) : null;
        const tooLarge = chunks === null;
        drop();
        resolve({ state: tooLarge ? "too-large" : state, bytes, sha256: hash.digest(), body });
      };
      request.on("data", (chunk: Buffer) => {
        if (settled) return;
        onBytes();
        bytes += chunk.length;
        hash.update(chunk);
        if (chunks !== null && (bytes > MAX_BODY_BYTES || held + chunk.length > MAX_HELD_BYTES)) drop();
        if (chunks !== null) {
          chunks.push(chunk);
          kept += chunk.length;
          held += chunk.length;
        }
        if (bytes > MAX_DRAINED_BYTES) settle("left");
      });
      request.on("end", () => settle("whole"));
      request.on("error", () => settle("left"));
      request.on("close", () => settle("left"));
    });
};
