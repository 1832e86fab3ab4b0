import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sseReader } from "./sse-reader.ts";

const read = (
  chunks: readonly Uint8Array[],
  maxBytes?: number,
): { event: string; data: string; truncated: boolean }[] => {
  const events: { event: string; data: string; truncated: boolean }[] = [];
  const reader = sseReader(
    ({ event, data, truncated }) => events.push({ event, data: data.toString("latin1"), truncated }),
    maxBytes,
  );
  for (const chunk of chunks) reader.push(chunk);
  return events;
};

const split = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
};

describe("sseReader", () => {
  it("joins data lines, takes the name, skips comments and fields it does not know, and reads CRLF", () => {
    const text =
      ": hello\r\nevent: a\r\nid: 1\r\ndata: one\r\ndata:two\r\ndata\r\n\r\ndata:  x\n\nevent: lonely\n\ndata: open";
    expect(read([Buffer.from(text)])).toEqual([
      { event: "a", data: "one\ntwo\n", truncated: false },
      { event: "", data: " x", truncated: false },
    ]);
  });

  it("gives the same events however the bytes are cut", () => {
    const piece = fc.oneof(
      fc.constantFrom("\n", "\r\n", "\n\n", "data: ", "event: ", "data: [DONE]", ":", " ", "\u00e9"),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.integer({ min: 1, max: 64 }),
        (pieces, cuts, bound) => {
          const bytes = Buffer.from(pieces.join(""));
          expect(read(split(bytes, cuts))).toEqual(read([bytes]));
          expect(read(split(bytes, cuts), bound)).toEqual(read([bytes], bound));
        },
      ),
    );
  });

  it("keeps no more of an event than the bound and says so", () => {
    const text = `event: big\ndata: ${"x".repeat(100)}\n\ndata: ok\n\n`;
    expect(read([Buffer.from(text)], 20)).toEqual([
      { event: "big", data: "x".repeat(14), truncated: true },
      { event: "", data: "ok", truncated: false },
    ]);
  });
});
