import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Signature of the bundle is broken. */
export const f64BrokenSignature: FailureRow = {
  id: "F64",
  title: "Signature of the bundle is broken",
  cause:
    "The envelope no longer carries a signature that a trusted runner key made over the manifest. The chain of events shows tampering while writing only; the signed manifest makes it evidence.",
  requirements: ["R23"],
  ways: [
    spoiled(["SIGNATURE_INVALID"], {
      op: "replace",
      file: "bundle.dsse.json",
      from: '"payload":"ey',
      to: '"payload":"eyA',
    }),
  ],
  undrivable: [],
};
