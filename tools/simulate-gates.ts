// Simulates gates on rates alone, with the decisions of the comparator: how often chance makes a lane beat itself, or hides a true loss.
import { fileURLToPath } from "node:url";
import { decideGate, type GateCounts } from "./simulate/decide-gate.ts";
import { seededRandom } from "./simulate/seeded-random.ts";

/** What was simulated: gates, their size, and the true shares of trials that are a hit. */
export interface Simulation {
  readonly gates: number;
  readonly fixtures: number;
  readonly trials: number;
  readonly candidate: number;
  readonly baseline: number;
  /** Rates per gate: three dimensions have one. */
  readonly rates: number;
}

/** Counts of gates by what was decided on all their rates together. */
export interface SimulationResult extends Simulation {
  readonly accepted: number;
  readonly inconclusive: number;
  readonly worse: number;
  /** Gates in which any cell said `beats`. */
  readonly beats: number;
}

/** Runs one simulation; the same seed gives the same counts on every machine. */
export function simulateGates(simulation: Simulation, seed: number): SimulationResult {
  const random = seededRandom(seed);
  const draw = (share: number): number => {
    let hits = 0;
    for (let at = 0; at < simulation.trials; at += 1) hits += random() < share ? 1 : 0;
    return hits;
  };
  const result = { accepted: 0, inconclusive: 0, worse: 0, beats: 0 };
  for (let gate = 0; gate < simulation.gates; gate += 1) {
    const rates = Array.from({ length: simulation.rates }, (): GateCounts => ({
      trials: simulation.trials,
      fixtures: Array.from({ length: simulation.fixtures }, () => ({
        candidate: draw(simulation.candidate),
        baseline: draw(simulation.baseline),
      })),
    }));
    const { verdict, beats } = decideGate(rates);
    result[verdict] += 1;
    result.beats += beats ? 1 : 0;
  }
  return { ...simulation, ...result };
}

/** The table of docs/comparison.md: a lane against itself, and a candidate that is truly worse by the margin of 0.10. */
export function simulationTable(gates: number, seed: number): SimulationResult[] {
  const sizes = [
    { fixtures: 6, trials: 5 },
    { fixtures: 6, trials: 10 },
  ];
  const same = [1, 0.99, 0.95, 0.9, 0.7].map((share) => ({ candidate: share, baseline: share, rates: 3 }));
  const worse = [1, 0.95, 0.9, 0.8].map((share) => ({ candidate: share - 0.1, baseline: share, rates: 1 }));
  return sizes.flatMap((size, row) =>
    [...same, ...worse].map((shares, at) =>
      simulateGates({ gates, ...size, ...shares }, seed + 100 * row + at),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [gates = "10000", seed = "1"] = process.argv.slice(2);
  const percent = (count: number, of: number): string => `${((100 * count) / of).toFixed(2)} %`;
  process.stdout.write(
    "| trials per lane | true shares | rates | accepted | inconclusive | worse | beats |\n|---|---|---|---|---|---|---|\n",
  );
  for (const one of simulationTable(Number(gates), Number(seed)))
    process.stdout.write(
      `| ${one.fixtures} x ${one.trials} | ${one.candidate.toFixed(2)} against ${one.baseline.toFixed(2)} | ${one.rates} | ${percent(one.accepted, one.gates)} | ${percent(one.inconclusive, one.gates)} | ${percent(one.worse, one.gates)} | ${one.beats} of ${one.gates} |\n`,
    );
}
