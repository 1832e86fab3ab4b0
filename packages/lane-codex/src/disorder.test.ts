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
import { codexLane } from "./lane.ts";
import { TESTED_VERSIONS } from "./versions.ts";

const root = new URL("../fixtures/", import.meta.url);
const samples = TESTED_VERSIONS.flatMap((version) =>
  readdirSync(new URL(`${version}/`, root)).map((name): LaneSample => {
    const read = (file: string) => readFileSync(new URL(`${version}/${name}/${file}`, root));
    return {
      name: `${version}/${name}`,
      workspace: "/trial/ws",
      streams: { stdout: read("stdout.jsonl"), stderr: read("stderr.txt"), session: read("session.jsonl") },
      end: { exitCode: 0, signal: null, endedBy: "exit" },
    };
  }),
);
/** Whether the model asked for several calls at once: what no witness orders. */
const isSideBySide = ({ name }: LaneSample): boolean => name.endsWith("/parallel");

/** Random cases; with STAGE6_DISORDER_RUNS (`npm run fuzz:disorder`) so many, and every pair of lines besides. */
const RUNS = process.env["STAGE6_DISORDER_RUNS"];
const [CASES, REACH] = RUNS === undefined ? [1500, 1] : [Number(RUNS), Infinity];
const HOUR = 3_600_000;
const change: fc.Arbitrary<Disorder> = fc.record({
  does: fc.constantFrom("cut", "move", "swap", "double", "reverse"),
  stream: fc.constantFrom("stdout", "stderr", "session"),
  from: fc.nat(),
  to: fc.nat(),
  lines: fc.integer({ min: 1, max: 12 }),
});

test("some recorded streams of every version pass, so that the next tests can fail", () => {
  const passing = samples.filter((one) => samplePasses(codexLane, one)).map(({ name }) => name);
  expect(passing).toEqual(expect.arrayContaining(TESTED_VERSIONS.map((version) => `${version}/success`)));
  expect(passing.length).toBeGreaterThan(TESTED_VERSIONS.length);
});

test("streams cut and reordered anyhow say the very same things, or never pass", { timeout: HOUR }, () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(samples.length - 1), changes, (at, list) => {
      const whole = samples[at];
      if (whole === undefined) throw new Error("no such sample");
      expect(passesOtherwise(codexLane, whole, disordered(whole, list), isSideBySide(whole))).toBeNull();
    }),
    { numRuns: CASES },
  );
});

test("a line swapped, moved or doubled says the very same things, or never passes", { timeout: HOUR }, () => {
  expect(samples.flatMap((whole) => pairsThatPass(codexLane, whole, REACH, isSideBySide(whole)))).toEqual([]);
});
