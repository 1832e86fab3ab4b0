import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCanonicalLine } from "./canonical-line.ts";
import { EVENT_TYPES, type EventType } from "./event.ts";
import { parseStrictEvent } from "./strict-event.ts";
import { parseStrictText } from "./strict-json.ts";
import { sampleTrial, writeSampleLog } from "./testing/index.ts";

const lines = writeSampleLog(sampleTrial({ lane: "codex" }).events)
  .toString("utf8")
  .trimEnd()
  .split("\n");
const typeOf = (line: string): EventType => {
  const type = EVENT_TYPES.find((name) => line.includes(`"type":"${name}"`));
  if (type === undefined) throw new Error(line);
  return type;
};
const verdict = (read: { readonly ok: boolean; readonly rule?: string }) => (read.ok ? "ok" : read.rule);

/** Pieces that are canonical in some places and not in others. */
const PIECES = [
  '"',
  "\\",
  "\\u0008",
  "\\b",
  "\\u001f",
  "\\u007f",
  "\\/",
  "\\ud83d",
  "\\ud83d\\ude00",
  "\u{1f600}",
  "\ud800",
  "\u0000",
  "\u2028",
  " ",
  "\t",
  "0",
  "-0",
  "1.0",
  "1e3",
  "9007199254740993",
  "-1",
  "01",
  ",",
  ":",
  "{",
  "}",
  "[",
  "]",
  "null",
  "true",
  '"__proto__":1,',
  '"0":1,',
  '"seq":1,',
  '"a":',
];

describe("isCanonicalLine", () => {
  it("matches every line of the writer, so that the slow road stays the exception", () => {
    for (const line of lines) expect([line, isCanonicalLine(typeOf(line), line)]).toEqual([line, true]);
  });

  it("does not match a duplicate key, another form of a number or a needless escape", () => {
    for (const line of lines) {
      const type = typeOf(line);
      for (const [from, to] of [
        ['"seq":', '"seq":0,"seq":'],
        [/"mono":(\d+)/, '"mono":$1.0'],
        [/"mono":\d+/, '"mono":-0'],
        ['"src":"', '"src":"\\u006c'],
        ['"ts":', '"ts": '],
      ] as const) {
        const edited = line.replace(from, to);
        expect(edited).not.toBe(line);
        expect(isCanonicalLine(type, edited)).toBe(false);
      }
    }
  });
});

describe("parseStrictEvent", () => {
  it("gives the verdict of the round trip on any edited line", () => {
    const seen = new Set<string | undefined>();
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.array(fc.tuple(fc.nat(1200), fc.nat(3), fc.constantFrom(...PIECES)), { maxLength: 3 }),
        (line, edits) => {
          const text = edits.reduce((now, [at, cut, piece]) => {
            const place = at % (now.length + 1);
            return now.slice(0, place) + piece + now.slice(place + cut);
          }, line);
          const read = parseStrictEvent(text);
          seen.add(verdict(read));
          expect([text, verdict(read)]).toEqual([text, verdict(parseStrictText(text))]);
          if (read.ok) expect(JSON.stringify(read.value)).toBe(text);
        },
      ),
      { numRuns: 5000 },
    );
    for (const reached of ["lone-surrogate", "not-canonical", "not-json", "ok"])
      expect([...seen]).toContain(reached);
  });

  it("says which type a line names, or that it knows none", () => {
    expect(parseStrictEvent('{"type":"checkpoint"}')).toMatchObject({ ok: true, type: "checkpoint" });
    expect(parseStrictEvent('{"type":"later.invented"}')).toMatchObject({
      name: "later.invented",
      type: null,
    });
    for (const text of ["null", "[]", "1", '{"type":1}'])
      expect(parseStrictEvent(text)).toMatchObject({ ok: true, name: null, type: null });
  });
});
