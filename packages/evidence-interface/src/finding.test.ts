import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeText, escapeWords, FINDING_CODES, formatFinding, MAX_FINDINGS } from "./finding.ts";

describe("finding codes", () => {
  it("are frozen", () => {
    expect(FINDING_CODES).toEqual([
      "UNREADABLE",
      "NOT_A_FILE",
      "INPUT_TOO_LARGE",
      "BYTES_NOT_CANONICAL",
      "SCHEMA_VERSION",
      "SCHEMA_INVALID",
      "EVENTS_INVALID",
      "DIGEST_MISMATCH",
      "ARTIFACT_MISSING",
      "ARTIFACT_EXTRA",
      "ARTIFACT_EMPTY",
      "PATH_ESCAPE",
      "REPORT_DIVERGED",
      "OBSERVATION_DIVERGED",
      "SIGNATURE_INVALID",
      "SIGNER_UNKNOWN",
      "TRIAL_MISMATCH",
    ]);
    expect(MAX_FINDINGS).toBe(100);
  });
});

describe("escapeText", () => {
  it("escapes terminal controls, direction marks, new lines and lone surrogates", () => {
    expect(escapeText("a\u001b[2J\n\u202e\u{1f600}\ud800\u007f")).toBe(
      "a\\u001b[2J\\u000a\\u202e\\u{1f600}\\ud800\\u007f",
    );
  });

  it("leaves only printable ASCII and the mark of a cut, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        expect(escapeText(text)).toMatch(/^[\x20-\x7e…]*$/);
      }),
    );
  });

  it("cuts long text", () => {
    expect(escapeText("x".repeat(300))).toBe(`${"x".repeat(200)}…`);
  });
});

describe("escapeWords", () => {
  it("keeps a long command whole, cuts a long word, and lets nothing reach the terminal", () => {
    const command = "git clone somewhere && ".repeat(40);
    expect(escapeWords(command)).toBe(command);
    expect(escapeWords(`a ${"x".repeat(300)} \u001b[2J`)).toBe(`a ${"x".repeat(200)}… \\u001b[2J`);
  });
});

describe("formatFinding", () => {
  it("is one line with code, rule, place and both values", () => {
    const finding = {
      code: "EVENTS_INVALID",
      rule: "seq",
      file: "events.jsonl",
      line: 3,
      offset: 40,
      pointer: "/seq",
      found: "9",
      expected: "2",
    } as const;
    expect(formatFinding(finding)).toBe(
      "EVENTS_INVALID (seq) events.jsonl:3 at /seq (byte 40): found 9, expected 2",
    );
    expect(formatFinding({ code: "ARTIFACT_MISSING", rule: "listed", file: "a" })).toBe(
      "ARTIFACT_MISSING (listed) a",
    );
  });

  it("never lets evidence write to the terminal, from any of its fields", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (file, pointer, found) => {
          expect(formatFinding({ code: "UNREADABLE", rule: "file", file, pointer, found })).toMatch(
            /^[\x20-\x7e…]*$/,
          );
        },
      ),
    );
  });
});
