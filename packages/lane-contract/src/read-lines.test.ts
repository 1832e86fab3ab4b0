import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineReader } from "./read-lines.ts";

const read = (chunks: readonly Uint8Array[], max = 8) => {
  const reader = new LineReader(max);
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
};
const stream = fc
  .array(
    fc.oneof(
      fc
        .constantFrom("a", "\n", "\r\n", "é", "\u2028", "12345678", "123456789")
        .map((text) => Buffer.from(text)),
      fc.constant(Buffer.of(0xff)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Buffer.concat(parts));

describe("LineReader", () => {
  it("gives the same lines however the stream is cut", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(60)), (bytes, cuts) => {
        const at = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
          bytes.length,
        ];
        expect(read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(read([bytes]));
      }),
    );
  });

  it("accounts for every byte of the stream", () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        let next = 0;
        for (const line of read([bytes])) {
          expect(line.offset).toBe(next);
          next += line.length + (line.terminated ? 1 : 0);
        }
        expect(next).toBe(bytes.length);
      }),
    );
  });

  it("splits at a newline only", () => {
    expect(read([Buffer.from("a\r\u2028b\n")], 100)).toEqual([
      { offset: 0, length: 6, text: "a\r\u2028b", reason: null, terminated: true },
    ]);
  });

  it("says why a line has no text", () => {
    expect(
      read([Buffer.of(0xff, 10), Buffer.from("123456789\n"), Buffer.from("12345678")]).map((line) => [
        line.reason,
        line.terminated,
      ]),
    ).toEqual([
      ["not-utf8", true],
      ["too-long", true],
      [null, false],
    ]);
  });

  it("copies what it holds", () => {
    const reader = new LineReader();
    const chunk = Buffer.from("ab");
    reader.push(chunk);
    chunk.fill("z");
    expect(reader.push(Buffer.from("\n"))[0]?.text).toBe("ab");
  });
});
