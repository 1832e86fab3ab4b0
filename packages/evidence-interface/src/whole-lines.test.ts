import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WholeLines } from "./whole-lines.ts";

/** What a sink saw, as lines with offsets; every byte once. */
const read = (chunks: readonly Buffer[], maxLine = 8) => {
  const lines: [number, string][] = [];
  const all: Buffer[] = [];
  const held: { most: number } = { most: 0 };
  const reader = new WholeLines(maxLine, {
    block: (bytes, offset) => {
      all.push(Buffer.from(bytes));
      expect(bytes.at(-1)).toBe(10);
      let at = offset;
      for (const line of bytes.toString("latin1").split("\n").slice(0, -1)) {
        lines.push([at, line.length > maxLine ? "LONG" : line]);
        at += line.length + 1;
      }
    },
    long: (offset) => lines.push([offset, "LONG"]),
    skipped: (bytes) => all.push(Buffer.from(bytes)),
  });
  for (const chunk of chunks) {
    reader.push(chunk);
    held.most = Math.max(held.most, reader.rest.length);
  }
  return {
    lines,
    rest: reader.rest.toString("latin1"),
    skipping: reader.skipping,
    bytes: Buffer.concat([...all, reader.rest]),
    held: held.most,
  };
};

const stream = fc
  .array(fc.constantFrom("a", "b", "\n", "\n\n", "xxxxxxxx", "xxxxxxxxx"), { maxLength: 40 })
  .map((parts) => Buffer.from(parts.join("")));

describe("WholeLines", () => {
  it("gives the same lines however the stream is cut", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(60)), (bytes, cuts) => {
        const at = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
          bytes.length,
        ];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const { held, ...cut } = read(chunks);
        const { held: _, ...whole } = read([bytes]);
        expect(cut).toEqual(whole);
        expect(cut.bytes).toEqual(bytes);
        expect(held).toBeLessThanOrEqual(8);
      }),
    );
  });

  it("keeps a line of exactly the bound and skips one byte more, once", () => {
    expect(read([Buffer.from("12345678"), Buffer.from("\n123456789"), Buffer.from("0\nab\n")]).lines).toEqual(
      [
        [0, "12345678"],
        [9, "LONG"],
        [20, "ab"],
      ],
    );
    expect(read([Buffer.from("123456789")])).toMatchObject({ skipping: true, rest: "" });
  });

  it("copies what it holds, so that the caller may use its buffer again", () => {
    const buffer = Buffer.from("ab");
    const seen: string[] = [];
    const reader = new WholeLines(8, {
      block: (bytes) => seen.push(bytes.toString()),
      long: () => undefined,
      skipped: () => undefined,
    });
    reader.push(buffer);
    buffer.fill("z");
    reader.push(Buffer.from("\n"));
    expect(seen).toEqual(["ab\n"]);
  });
});
