import { checkFiles } from "@stage6/evidence-interface";
import { sealFiles, testKeys } from "@stage6/evidence-interface/testing";
import { describe, expect, it } from "vitest";
import { cover } from "./cover.ts";
import { knownMatrix } from "./known-matrix.ts";
import { matrixOf } from "./matrix.ts";
import { mutate } from "./mutation.ts";
import type { FailureRow } from "./row.ts";

const { trusted } = testKeys();
const SOUND = sealFiles();
const ways = knownMatrix().rows.flatMap((row) =>
  row.ways.flatMap(({ injector, expected }, at) =>
    injector.kind === "bundle-mutation" && expected.kind === "codes"
      ? [{ id: row.id, row, at, mutations: injector.mutations, codes: expected.codes }]
      : [],
  ),
);

/** State of the row's cell on the fake lane when a reader gives these codes. */
function stateFor(row: FailureRow, at: number, codes: readonly string[]): string | undefined {
  const alone: FailureRow = { ...row, ways: [row.ways[at] ?? row.ways[0]].flatMap((way) => way ?? []) };
  return cover({
    matrix: matrixOf([alone]),
    blocks: [],
    evidence: [
      { kind: "injection", row: row.id, lane: "fake", way: 0, path: "x", sha256: null, codes, fault: null },
    ],
    lanes: [{ id: "fake", blocked: null, adapterVersion: null, backendSha256: null }],
    strict: false,
    now: "2026-01-01T00:00:00.000Z",
  }).cells[0]?.state;
}

describe("rows that spoil a finished bundle", () => {
  it("begin with a sound bundle", () => expect(checkFiles(SOUND, trusted).findings).toEqual([]));

  it.each(ways)(
    "$id: the reader gives $codes, and without that check the row is red",
    ({ row, at, mutations, codes }) => {
      const found = checkFiles(mutate(SOUND, mutations), trusted).findings.map(({ code }) => code);
      expect(found).toEqual(expect.arrayContaining(codes));
      expect(stateFor(row, at, found)).toBe("covered");
      for (const removed of codes)
        expect(
          stateFor(
            row,
            at,
            found.filter((code) => code !== removed),
          ),
        ).toBe("wrong-closure");
    },
  );
});

describe("mutate", () => {
  it("refuses an edit that changes nothing (MUTATION_IDLE)", () => {
    for (const idle of [
      { op: "remove", file: "no-such-file" },
      { op: "add", file: "report.json", text: "x" },
      { op: "replace", file: "report.json", from: "no such text", to: "x" },
      { op: "drop-line", file: "events.jsonl", mark: "no such line" },
    ] as const)
      expect(() => mutate(SOUND, [idle])).toThrow(expect.objectContaining({ code: "MUTATION_IDLE" }));
  });
});
