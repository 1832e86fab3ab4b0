import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Artifact that nobody listed. */
export const f17ExtraArtifact: FailureRow = {
  id: "F17",
  title: "Artifact that nobody listed",
  cause:
    "A file lies in the bundle that the manifest does not know. It could be taken for evidence by a person or a tool that looks at the folder.",
  requirements: ["R37"],
  ways: [spoiled(["ARTIFACT_EXTRA"], { op: "add", file: "artifacts/verdict.txt", text: "passed\n" })],
  undrivable: [],
};
