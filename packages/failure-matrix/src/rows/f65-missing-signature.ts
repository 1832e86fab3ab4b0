import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Bundle is not signed. */
export const f65MissingSignature: FailureRow = {
  id: "F65",
  title: "Bundle is not signed",
  cause: "The envelope is gone. A folder of plausible files that nobody signed is no evidence.",
  requirements: ["R23"],
  ways: [spoiled(["ARTIFACT_MISSING"], { op: "remove", file: "bundle.dsse.json" })],
  undrivable: [],
};
