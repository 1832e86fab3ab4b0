import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GATE_CODES } from "@stage6/eligibility";
import { describe, expect, it } from "vitest";
import { readAllTitles } from "./trace/read-trace.ts";

const root = join(import.meta.dirname, "..");
const titles = new Set(readAllTitles(root).map(({ title }) => title));
/** Rows of the table whose numbers begin with a letter, each as its cells. */
const rowsOf = (letter: string): string[][] =>
  (
    readFileSync(join(root, "THREAT_MODEL.md"), "utf8").match(
      new RegExp(`^\\| ${letter}\\d+ \\|.*$`, "gm"),
    ) ?? []
  ).map((row) => row.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$|`/g, "")));

it("every threat of the threat model names a test that exists", () => {
  const rows = rowsOf("T");
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !titles.has(row.at(-1) ?? ""))).toEqual([]);
});

describe("the forged inputs of the threat model", () => {
  const rows = rowsOf("G");

  it("are numbered, at least 27 kinds and all traps of a trust root, none of them twice", () => {
    expect(rows.map(([id]) => id)).toEqual(rows.map((_, at) => `G${at + 1}`));
    const kinds = rows.map(([, kind = ""]) => kind);
    expect(new Set(kinds).size).toBe(rows.length);
    const traps = kinds.filter((kind) => kind.startsWith("trap: "));
    expect(traps.length).toBeGreaterThanOrEqual(13);
    expect(rows.length - traps.length).toBeGreaterThanOrEqual(27);
    expect(new Set(rows.map((row) => row.at(-1))).size).toBe(rows.length);
  });

  it("each name a test that exists and shows this very code", () => {
    const wrong = rows.filter(
      (row) => row.length !== 4 || !titles.has(row[3] ?? "") || row[3]?.includes(row[2] ?? "-") !== true,
    );
    expect(wrong).toEqual([]);
  });

  it("show every code of acceptance, operator, proof, ledger, record and trust root", () => {
    const shown = new Set(rows.map(([, , code]) => code));
    const asked = /^(ACCEPTANCE|OPERATOR|PROOF|TRUST_ROOT|FOUNDER|LEDGER|RECORD)_/;
    expect(GATE_CODES.filter((code) => asked.test(code) && !shown.has(code))).toEqual([]);
  });
});
