import fc from "fast-check";
import { expect, test } from "vitest";
import { escapePath, readablePath, unescapePath } from "./escaped-path.ts";

test("valid UTF-8 stays as it is and a backslash is doubled", () => {
  expect(escapePath(Buffer.from("src/é\n日.ts"))).toBe("src/é\n日.ts");
  expect(escapePath(Buffer.from("src\\..\\x"))).toBe("src\\\\..\\\\x");
});

test("a byte outside UTF-8 is written as \\xHH beside its readable neighbours", () => {
  expect(escapePath(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3]))).toBe("a\\xffé\\xc3");
  expect(escapePath(Buffer.from([0xed, 0xa0, 0x80]))).toBe("\\xed\\xa0\\x80");
});

test("a leading byte order mark is part of the name", () => {
  expect(unescapePath(escapePath(Buffer.from("\uFEFFa")))).toEqual(Buffer.from("\uFEFFa"));
});

test("a name that merely looks escaped is told apart from one that is", () => {
  expect(readablePath(escapePath(Buffer.from("a\\xff")))).toBe("a\\xff");
  expect(readablePath(escapePath(Buffer.from([0x61, 0xff])))).toBeNull();
});

test("text that the escape never writes has no bytes behind it", () => {
  for (const text of ["a\\", "\\x41", "\\xFF", "\\n"]) expect(unescapePath(text)).toBeNull();
});

test("every byte string comes back from its escaped form", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
      expect(Buffer.from(unescapePath(escapePath(raw)) ?? [])).toEqual(Buffer.from(raw));
    }),
  );
});
