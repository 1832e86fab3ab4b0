import type { Cell, Comparison, LaneSummary } from "./comparison.ts";
import { DIMENSIONS, type Dimension } from "./dimension.ts";
import { boundsText } from "./open-actions.ts";
import { renderRates } from "./rates/render-rates.ts";
import { fit, nextStep, wrap } from "./text.ts";

const LANE_COLUMNS = 12;

/** A comparison as plain text of at most 100 columns: lanes by dimensions, verdicts, rates, checks, and what is blocked. */
export function renderComparison(comparison: Comparison): string {
  const { candidate, evidenceClass, plan, lanes, verdict, exitCode, standing, activation } = comparison;
  const lines = [
    ...wrap(`Candidate ${candidate}, ${evidenceClass} evidence, plan ${plan.id}`, 0, 2),
    "",
    row("lane", (dimension) => dimension),
    ...lanes.map((lane) => row(lane.lane, (dimension) => stateText(lane, dimension))),
    "",
    ...baselines(comparison).flatMap((baseline) =>
      wrap(`against ${baseline}: ${verdictsAgainst(comparison, baseline)}`, 0, 4),
    ),
    ...renderRates(comparison),
    "",
    ...comparison.checks.flatMap(({ id, verdict: word, code, message }) =>
      wrap(`${word.padEnd(12)} ${id}${code === null ? "" : ` ${code}`}: ${message}`, 0, 13),
    ),
    "",
    ...wrap(`Bounds: ${boundsText(comparison.bounds)}`, 0, 2),
    ...wrap(`Tasks done, part of no verdict: ${lanes.map(tasksText).join(", ")}`, 0, 2),
    `Verdict: ${verdict} (exit ${exitCode}), standing: ${standing}, activation: ${activation}`,
    ...lanes.flatMap(blockedLines),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

const tasksText = ({ lane, oracle, trials }: LaneSummary): string =>
  `${lane} ${oracle.passed} of ${trials.planned}`;

function row(lane: string, text: (dimension: Dimension) => string): string {
  return [
    fit(lane, LANE_COLUMNS),
    ...DIMENSIONS.map((dimension) => fit(text(dimension), Math.max(14, dimension.length))),
  ].join("  ");
}

function stateText({ dimensions }: LaneSummary, dimension: Dimension): string {
  const found = dimensions.find((one) => one.dimension === dimension);
  if (found === undefined) return "?";
  if (found.state === "no-evidence" || found.state === "blocked") return found.state;
  const counted = `${found.state} ${found.state === "holds" ? found.of - found.violations : found.violations}/${found.of}`;
  return counted.length <= 14 ? counted : found.state;
}

function baselines({ cells }: Comparison): string[] {
  return [...new Set(cells.map(({ baseline }) => baseline))];
}

function verdictsAgainst({ cells }: Comparison, baseline: string): string {
  const own = cells.filter((cell) => cell.baseline === baseline);
  const [same, ...others] = new Set(own.map(cellText));
  if (others.length === 0) return `${same ?? "no cell"} in all ${own.length} cells`;
  return DIMENSIONS.map((dimension) => {
    const inDimension = own.filter((cell) => cell.dimension === dimension).map(cellText);
    const texts = [...new Set(inDimension)].map(
      (text) => `${text} ${inDimension.filter((one) => one === text).length}/${inDimension.length}`,
    );
    return `${dimension} ${texts.join(" + ")}`;
  }).join(", ");
}

const cellText = ({ verdict, code }: Cell): string => (code === null ? verdict : `${verdict} (${code})`);

function blockedLines({ lane, state, reason }: LaneSummary): string[] {
  if (state !== "blocked") return [];
  if (reason === null) return ["", ...wrap(`Blocked: ${lane}, without a reason`, 0, 2)];
  return ["", ...wrap(`Blocked: ${lane}, ${reason.code}: ${reason.detail}`, 0, 2), nextStep(reason.remedy)];
}
