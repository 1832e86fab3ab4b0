import { EVENT_DATA } from "@stage6/evidence-interface";
import type { EventDraft, ProcessEnd } from "@stage6/lane-contract";
import fc from "fast-check";
import Value from "typebox/value";
import { describe, expect, it } from "vitest";
import { FAKE_RECORDS } from "./fake-record.ts";
import { fakeTranslator } from "./fake-translator.ts";

const odd = fc.oneof(
  fc.string(),
  fc.constantFrom("\ud800", "\u0000\u2028", "é".repeat(5000), "😀".repeat(4097), "", "call-1"),
);
const id = fc.oneof(fc.constantFrom("1", "2", "3", ""), odd);
const count = fc.oneof(fc.nat(), fc.constantFrom(-1, 1.5, 2 ** 53, null));
const fields = {
  hello: fc.record({ session: odd, version: odd }),
  message: fc.record({ as: fc.constantFrom("answer", "reasoning", "warning", "plan", "song"), text: odd }),
  "tool-start": fc.record({ id, tool: odd, input: odd }),
  "tool-end": fc.record({
    id,
    status: fc.constantFrom("completed", "failed", "refused", "unclosed"),
    exitCode: count,
  }),
  change: fc.record({ path: odd, change: fc.constantFrom("added", "modified", "deleted") }),
  refused: fc.record({ tool: odd, message: odd }),
  review: fc.record({
    by: odd,
    verdict: fc.constantFrom("passed", "rejected", "exhausted", "bored"),
    critical: fc.constantFrom(0, 3, -1),
  }),
  usage: fc.record({ inputTokens: count, cachedInputTokens: count, outputTokens: count }),
  bye: fc.record({ outcome: fc.constantFrom("completed", "failed", "aborted"), message: fc.option(odd) }),
  dance: fc.record({ text: odd }),
};
const record = fc
  .constantFrom(...Object.keys(fields))
  .chain((kind) =>
    fc.record({
      v: fc.constantFrom(1, 1, 1, 2),
      kind: fc.constant(kind),
      body: Object.entries(fields).find(([name]) => name === kind)?.[1] ?? fc.constant({}),
    }),
  )
  .map(({ v, kind, body }) => `${JSON.stringify({ v, kind, ...body })}\n`);
const utf8 = new TextEncoder();
const line = fc.oneof(
  { weight: 6, arbitrary: record.map((text) => utf8.encode(text)) },
  fc.uint8Array({ maxLength: 20 }),
  fc.json().map((text) => utf8.encode(`${text}\n`)),
);
const session = fc.array(line, { maxLength: 12 }).map(joined);
const end: fc.Arbitrary<ProcessEnd> = fc.record({
  exitCode: fc.constantFrom(0, 1, 255, null),
  signal: fc.constantFrom(null, "SIGKILL"),
  endedBy: fc.constantFrom("exit", "total-limit", "idle-limit", "spawn-failure"),
});

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function translate(parts: readonly Uint8Array[], how: ProcessEnd): readonly EventDraft[] {
  const translator = fakeTranslator();
  return [...parts.flatMap((part) => translator.push("stdout", part)), ...translator.end(how)];
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

/** What is wrong with a translation, as text; nothing when it is sound. */
function faultsOf(drafts: readonly EventDraft[], size: number): readonly string[] {
  const open = new Set<string>();
  const faults = drafts.flatMap((draft) => {
    const { offset, length } = draft.raw;
    const data = { ...draft.data, raw: { artifact: "stdout.log", offset, length } };
    const found = Value.Errors(EVENT_DATA[draft.type], data).map(({ message }) => message);
    if (/\\ud[89a-f]/.test(JSON.stringify(draft).replaceAll("\\\\", ""))) found.push("lone surrogate");
    if (offset + length > size) found.push("outside the stream");
    if (draft.type === "tool.started" && open.has(draft.data.callId)) found.push("started twice");
    if (draft.type === "tool.started") open.add(draft.data.callId);
    if (draft.type === "tool.ended" && !open.delete(draft.data.callId)) found.push("ended without a start");
    return found.map((fault) => `${draft.type}: ${fault}`);
  });
  const ends = drafts.filter(({ type }) => type === "agent.ended").length;
  if (open.size > 0) faults.push("a call was left open");
  if (ends !== 1 || drafts.at(-1)?.type !== "agent.ended") faults.push("not one end, last");
  return faults;
}

describe("the translator on any bytes", () => {
  it("knows every kind of record that the generator makes", () => {
    expect(Object.keys(fields).filter((kind) => kind !== "dance")).toEqual(Object.keys(FAKE_RECORDS));
  });

  it("is judged by a check that sees what is wrong", () => {
    const raw = { stream: "stdout", offset: 0, length: 9 };
    const start: EventDraft = {
      type: "tool.started",
      raw,
      data: { callId: "1", tool: "\ud800", input: "x".repeat(4097) },
    };
    expect(faultsOf([start, start], 8)).toEqual([
      "tool.started: must not have more than 4096 characters",
      "tool.started: lone surrogate",
      "tool.started: outside the stream",
      "tool.started: must not have more than 4096 characters",
      "tool.started: lone surrogate",
      "tool.started: outside the stream",
      "tool.started: started twice",
      "a call was left open",
      "not one end, last",
    ]);
  });

  it("drafts valid, paired events with one end, last", () => {
    fc.assert(
      fc.property(session, end, (bytes, how) => {
        expect(faultsOf(translate([bytes], how), bytes.length)).toEqual([]);
      }),
    );
  });

  it("drafts the same however the bytes were cut", () => {
    fc.assert(
      fc.property(session, fc.array(fc.nat(), { maxLength: 8 }), end, (bytes, cuts, how) => {
        expect(translate(cutAt(bytes, cuts), how)).toEqual(translate([bytes], how));
      }),
    );
  });

  it("drafts the same byte by byte", () => {
    fc.assert(
      fc.property(session, end, (bytes, how) => {
        expect(
          translate(
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
            how,
          ),
        ).toEqual(translate([bytes], how));
      }),
      { numRuns: 30 },
    );
  });

  it("stays sound on a stream cut off anywhere, and keeps what came before the cut", () => {
    fc.assert(
      fc.property(session, fc.nat(), end, (bytes, cut, how) => {
        const kept = bytes.subarray(0, cut % (bytes.length + 1));
        const drafts = translate([kept], how);
        expect(faultsOf(drafts, kept.length)).toEqual([]);
        const translator = fakeTranslator();
        const before = translator.push("stdout", kept);
        expect(drafts.slice(0, before.length)).toEqual(before);
      }),
    );
  });

  it("stays sound on flipped bytes", () => {
    fc.assert(
      fc.property(
        session,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 5 }),
        end,
        (bytes, flips, how) => {
          const flipped = bytes.slice();
          for (const [at, mask] of flips)
            if (bytes.length > 0) flipped[at % bytes.length] = (flipped[at % bytes.length] ?? 0) ^ mask;
          expect(faultsOf(translate([flipped], how), flipped.length)).toEqual([]);
        },
      ),
    );
  });
});
