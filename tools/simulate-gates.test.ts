import { expect, test } from "vitest";
import { simulateGates, simulationTable } from "./simulate-gates.ts";

test("a lane never beats itself, and a loss by the margin is accepted in at most 5 % of gates", () => {
  for (const one of simulationTable(600, 7)) {
    expect(one.accepted + one.inconclusive + one.worse).toBe(600);
    if (one.candidate === one.baseline) expect(one.beats).toBe(0);
    // 5 % of 600 gates and three standard errors: what chance allows a true 5 % in so few gates.
    else expect(one.accepted).toBeLessThanOrEqual(46);
  }
});

test("two perfect lanes are accepted at the floors, and an awful candidate never is", () => {
  const size = { gates: 50, fixtures: 6, trials: 5, rates: 3 };
  expect(simulateGates({ ...size, candidate: 1, baseline: 1 }, 1).accepted).toBe(50);
  expect(simulateGates({ ...size, candidate: 0.3, baseline: 1 }, 1)).toMatchObject({ accepted: 0, beats: 0 });
  expect(simulateGates({ ...size, candidate: 1, baseline: 0.3 }, 1)).toMatchObject({
    accepted: 50,
    beats: 50,
  });
});

test("the same seed gives the same counts", () => {
  const simulation = { gates: 50, fixtures: 6, trials: 5, candidate: 0.9, baseline: 0.95, rates: 3 };
  expect(simulateGates(simulation, 3)).toEqual(simulateGates(simulation, 3));
});
