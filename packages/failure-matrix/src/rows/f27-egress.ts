import type { FailureRow } from "../row.ts";
import { DONE, FIX, closes, played, shell } from "./make-way.ts";

/** Network is reached past the gateway. */
export const f27Egress: FailureRow = {
  id: "F27",
  title: "Network is reached past the gateway",
  cause:
    "A command opens a pull request over HTTP by itself. Within strict bounds there is no way out but the gateway; the attempt is counted and nothing happens.",
  requirements: ["R35"],
  ways: [
    ...played(
      [
        FIX,
        shell(
          "gh pr create --fill; curl -sS -m 3 -X POST https://api.example.com/repos/a/b/pulls; echo tried",
        ),
        DONE,
      ],
      closes("NONE", { attempted: ["pr-open"] }),
      { profile: "strict" },
    ),
  ],
  undrivable: [],
};
