import { shellQuote } from "@stage6/lane-contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellWords } from "./shell-words.ts";

test.each([
  ["/bin/bash -lc 'echo two'", ["/bin/bash", "-lc", "echo two"]],
  ["bash -lc \"echo 'it'\"", ["bash", "-lc", "echo 'it'"]],
  [`a "b \\"c\\" \\$d \\e"'f'g\\ h`, ["a", 'b "c" $d \\ef' + "g h"]],
  ["a '' b", ["a", "", "b"]],
  ["", []],
])("splits %s", (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

test.each(["'open", '"open', '"open\\'])("has no answer for the open quote in %s", (line) => {
  expect(shellWords(line)).toBeNull();
});

test("reads back whatever was quoted", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
      expect(shellWords(words.map(shellQuote).join(" "))).toEqual(words);
    }),
  );
});
