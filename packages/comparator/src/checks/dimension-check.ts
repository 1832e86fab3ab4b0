import type { Cell, Check } from "../comparison.ts";
import type { Dimension } from "../dimension.ts";
import { passed, result, undecided, type Gathered } from "./check.ts";
import { isReal } from "./lane-checks.ts";

const REQUIREMENTS: Readonly<Record<Dimension, readonly string[]>> = {
  "report-shape": ["R33", "R47"],
  "event-validity": ["R34", "R47"],
  "allowed-paths": ["R35", "R41", "R47"],
  "failure-closure": ["R36", "R47"],
  "artifact-completeness": ["R37", "R47"],
};

/** Which verdicts of a cell keep a dimension from passing, the one that decides its code first. */
const STOPS: readonly Cell["verdict"][] = ["invalid", "not-comparable", "worse", "inconclusive"];

/** One dimension passes when every cell matches, beats or is not applicable, and every planned baseline has a real cell. */
export function dimensionCheck(dimension: Dimension, { cells, frame }: Gathered): Check {
  const head = { id: `dimension.${dimension}`, requirements: REQUIREMENTS[dimension] };
  const own = cells.filter((cell) => cell.dimension === dimension);
  for (const verdict of STOPS) {
    const stopped = own.filter((cell) => cell.verdict === verdict);
    const [first] = stopped;
    if (first === undefined) continue;
    const needed = neededText(stopped);
    const text = `${stopped.length} of ${own.length} cells ${verdict}: ${first.code ?? "no code"} against ${first.baseline} on ${first.fixture}${needed}`;
    return result(
      head,
      verdict === "inconclusive" ? "inconclusive" : "fail",
      first.code,
      text,
      evidenceFor(verdict, stopped, frame.plan.candidate),
    );
  }
  const real = own.filter(isReal).length;
  if (real === 0) return undecided(head, "INSUFFICIENT_COMPARISON", "no baseline was compared");
  return passed(
    head,
    `${real} of ${own.length} cells compared, none worse; ${own.filter(({ verdict }) => verdict === "beats").length} beat the baseline`,
  );
}

/** The most trials of each lane that any undecided rate asks for. */
function neededText(stopped: readonly Cell[]): string {
  const needed = stopped.flatMap(({ components }) => components.flatMap(({ rate }) => rate?.needed ?? []));
  return needed.length === 0
    ? ""
    : `; needed: ${Math.max(...needed)} trials of each lane without a further miss`;
}

/** For a lost cell the candidate's own violations, each once; otherwise another check carries the evidence. */
function evidenceFor(
  verdict: Cell["verdict"],
  stopped: readonly Cell[],
  candidate: string,
): Check["evidence"] {
  if (verdict !== "worse" && verdict !== "inconclusive") return [];
  const all = stopped
    .flatMap(({ components }) => components.filter((one) => one.verdict === verdict))
    .flatMap(({ evidence }) => evidence)
    .filter(({ trial }) => trial.split("/").includes(candidate));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
