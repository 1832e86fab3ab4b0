import type { FailureRow } from "../row.ts";
import { ALL_LANES } from "./make-way.ts";

/** Disk of the harness is full. */
export const f31DiskFull: FailureRow = {
  id: "F31",
  title: "Disk of the harness is full",
  cause:
    "The file system takes no more bytes while the trial is recorded: here no file of the runner may grow past 4 KiB, which lets an intent through and no event log. The trial must be given up or sealed as a harness error; a bundle with holes must never stand.",
  requirements: ["R26"],
  ways: [
    {
      layer: "W",
      lanes: [...ALL_LANES],
      injector: { kind: "runner-drill", drill: "disk-full" },
      expected: { kind: "codes", codes: ["INTENT_KEPT", "NO_BUNDLE", "RECOVERED"] },
    },
  ],
  undrivable: [],
};
