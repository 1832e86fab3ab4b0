import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Artifact is missing. */
export const f15MissingArtifact: FailureRow = {
  id: "F15",
  title: "Artifact is missing",
  cause:
    "A file that the manifest lists is gone. A reader that judges what it finds would never miss it; the list has to decide.",
  requirements: ["R37"],
  ways: [spoiled(["ARTIFACT_MISSING"], { op: "remove", file: "artifacts/attempts.jsonl" })],
  undrivable: [],
};
