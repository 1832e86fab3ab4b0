import type { FailureRow } from "../row.ts";
import { ALL_LANES, closes, faked, wrapped } from "./make-way.ts";

/** Huge line or huge output. */
export const f30HugeOutput: FailureRow = {
  id: "F30",
  title: "Huge line or huge output",
  cause:
    "One line, or the output as a whole, grows without end; a reader that collects a line first would exhaust its memory. The harness counts bytes and ends the backend at the limit.",
  requirements: ["R36"],
  ways: [
    wrapped(ALL_LANES, "head -c 1500000 /dev/zero | tr '\\0' x; sleep 1; exec \"$@\"", closes("LINE_LIMIT")),
    wrapped(
      ALL_LANES,
      "head -c 4000000 /dev/zero | tr '\\0' x | fold -w 100000; sleep 1; exec \"$@\"",
      closes("OUTPUT_LIMIT"),
    ),
    faked([{ do: "fake-flood", bytes: 1_500_000, lineBytes: 1_500_000 }], closes("LINE_LIMIT")),
  ],
  undrivable: [],
};
