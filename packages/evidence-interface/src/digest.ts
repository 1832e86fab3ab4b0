import { createHash } from "node:crypto";
import type { Sha256 } from "./primitives.ts";

/** SHA-256 of exact bytes (or of a text's UTF-8 bytes) as `sha256:<hex>`. */
export function sha256(bytes: Uint8Array | string): Sha256 {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The 64 hex digits of a digest, without the algorithm. */
export function digestHex(digest: Sha256): string {
  return digest.slice("sha256:".length);
}
