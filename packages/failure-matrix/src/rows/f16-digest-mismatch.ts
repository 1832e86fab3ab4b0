import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** One bit of a file differs. */
export const f16DigestMismatch: FailureRow = {
  id: "F16",
  title: "One bit of a file differs",
  cause:
    "One bit of an artifact was flipped after the bundle was sealed. Size and form are the same; only the digest tells.",
  requirements: ["R37"],
  ways: [spoiled(["DIGEST_MISMATCH"], { op: "flip-bit", file: "artifacts/snapshot-after.jsonl" })],
  undrivable: [],
};
