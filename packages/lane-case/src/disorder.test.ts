import { readdirSync, readFileSync } from "node:fs";
import type { LaneSample } from "@stage6/lane-conformance";
import {
  type Disorder,
  disordered,
  pairsThatPass,
  passesOtherwise,
  samplePasses,
} from "@stage6/lane-conformance/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { caseLane } from "./lane.ts";

const root = new URL("../fixtures/", import.meta.url);
const samples = readdirSync(root).map((name): LaneSample => ({
  name,
  workspace: "/trial/target/repo",
  streams: { session: readFileSync(new URL(`${name}/session.jsonl`, root)) },
  end: { exitCode: 0, signal: null, endedBy: "exit" },
}));

/** Random cases; with STAGE6_DISORDER_RUNS (`npm run fuzz:disorder`) so many, and every pair of lines besides. */
const RUNS = process.env["STAGE6_DISORDER_RUNS"];
const [CASES, REACH] = RUNS === undefined ? [1500, 1] : [Number(RUNS), Infinity];
const HOUR = 3_600_000;
const change: fc.Arbitrary<Disorder> = fc.record({
  does: fc.constantFrom("cut", "move", "swap", "double", "reverse"),
  stream: fc.constant("session"),
  from: fc.nat(),
  to: fc.nat(),
  lines: fc.integer({ min: 1, max: 12 }),
});

test("of the described logs only those that went well pass, so that the next tests can fail", () => {
  const passing = samples.filter((one) => samplePasses(caseLane, one)).map(({ name }) => name);
  expect(passing.toSorted()).toEqual(["parallel", "revised", "success"]);
});

test("streams cut and reordered anyhow say the very same things, or never pass", { timeout: HOUR }, () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(samples.length - 1), changes, (at, list) => {
      const whole = samples[at];
      if (whole === undefined) throw new Error("no such sample");
      expect(passesOtherwise(caseLane, whole, disordered(whole, list))).toBeNull();
    }),
    { numRuns: CASES },
  );
});

test("a line swapped, moved or doubled says the very same things, or never passes", { timeout: HOUR }, () => {
  expect(samples.flatMap((whole) => pairsThatPass(caseLane, whole, REACH))).toEqual([]);
});
