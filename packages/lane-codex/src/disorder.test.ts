import { DisorderRule, recordedSamples } from "@stage6/lane-conformance/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codexLane } from "./lane.ts";
import { TESTED_VERSIONS } from "./versions.ts";

const root = new URL("../fixtures/", import.meta.url);
const samples = TESTED_VERSIONS.flatMap((version) =>
  recordedSamples(new URL(`${version}/`, root), "/trial/ws", `${version}/`),
);
/** Before 0.150 the session has no record of the end of a command, which Codex tells late when it likes. */
const rule = new DisorderRule(codexLane, samples, ({ name }) =>
  /^0\.1(?:04|25)\./.test(name) ? ["command_execution"] : [],
);

/** Random cases; with STAGE6_DISORDER_RUNS (`npm run fuzz:disorder`) so many, and every pair of lines besides. */
const RUNS = process.env["STAGE6_DISORDER_RUNS"];
const [CASES, REACH] = RUNS === undefined ? [1500, 1] : [Number(RUNS), Infinity];
const HOUR = 3_600_000;

test("some recorded streams of every version pass, so that the next tests can fail", () => {
  const wanted = TESTED_VERSIONS.map((version) => `${version}/success`);
  expect(rule.passing).toEqual(expect.arrayContaining(wanted));
  expect(rule.passing.length).toBeGreaterThan(wanted.length);
});

test("streams cut and reordered anyhow say the very same things, or never pass", { timeout: HOUR }, () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 6, maxLength: 21 }), (numbers) => {
      expect(rule.broken(numbers)).toBeNull();
    }),
    { numRuns: CASES },
  );
});

test("a line swapped, moved or doubled says the very same things, or never passes", { timeout: HOUR }, () => {
  expect(rule.brokenByOneLine(REACH)).toEqual([]);
});
