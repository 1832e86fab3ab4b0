import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Document from the future. */
export const f44FutureSchema: FailureRow = {
  id: "F44",
  title: "Document from the future",
  cause:
    "A document names a newer major version of its schema. A reader that goes on would take what it does not understand for what it knows.",
  requirements: ["R52"],
  ways: [
    spoiled(["SCHEMA_VERSION"], {
      op: "replace",
      file: "manifest.json",
      from: '"schemaVersion":"1.0"',
      to: '"schemaVersion":"2.0"',
    }),
  ],
  undrivable: [],
};
