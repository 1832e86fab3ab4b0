import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played, shell } from "./make-way.ts";

/** Special file, setuid bit or odd name. */
export const f24SpecialFile: FailureRow = {
  id: "F24",
  title: "Special file, setuid bit or odd name",
  cause:
    "A FIFO that would hold up a reader, a setuid bit, or a name whose bytes are no text, in an allowed folder. None of them can be part of a change to source code.",
  requirements: ["R35"],
  ways: [
    ...played(
      [FIX, shell("mkfifo src/pipe; cp src/value.txt src/tool; chmod 4755 src/tool"), DONE],
      closes("BOUNDARY_VIOLATION", { rules: ["mode-bits", "special-file"] }),
    ),
  ],
  undrivable: [],
};
