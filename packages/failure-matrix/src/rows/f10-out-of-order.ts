import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Events out of order. */
export const f10OutOfOrder: FailureRow = {
  id: "F10",
  title: "Events out of order",
  cause:
    "Two neighbouring lines change places. The log still parses and every line is sound by itself; only numbering, clock and checkpoints show it.",
  requirements: ["R34"],
  ways: [
    spoiled(["EVENTS_INVALID"], { op: "swap-lines", file: "events.jsonl", mark: '"type":"tool.started"' }),
  ],
  undrivable: [],
};
