import { expect, test } from "vitest";
import { moveOracleWords } from "./oracle-words.ts";
import { shellWords } from "./shell-words.ts";
import { textTable } from "./text-table.ts";
import { idFrom } from "./fixture-source.ts";

const add = ["fixtures", "add"];

test.each([
  [
    [...add, "--oracle", "node", "--test", "--id", "x"],
    [...add, "--id", "x", "--", "node", "--test"],
  ],
  [
    [...add, "--oracle", "npm", "test", "--owner", "me", "--consent", "mine", "--command", "test=npm test"],
    [...add, "--owner", "me", "--consent", "mine", "--command", "test=npm test", "--", "npm", "test"],
  ],
  [
    [...add, "--oracle", "node", "--test", "--", "more"],
    [...add, "--", "node", "--test", "more"],
  ],
  [
    [...add, "--oracle-files", "f", "--", "node"],
    [...add, "--oracle-files", "f", "--", "node"],
  ],
  [
    ["run", "--oracle", "x"],
    ["run", "--oracle", "x"],
  ],
  [
    [...add, "--", "--oracle", "x"],
    [...add, "--", "--oracle", "x"],
  ],
])("%j becomes %j", (argv, moved) => {
  expect(moveOracleWords(argv)).toEqual(moved);
});

test.each([
  ["node  --test", ["node", "--test"]],
  [`sh -c 'a "b" c'`, ["sh", "-c", 'a "b" c']],
  [`a\\ b "c\\"d" ''`, ["a b", 'c"d', ""]],
  ["  ", []],
  ["a 'b", null],
])("the text %j is the words %j", (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test("an id comes from a folder's name", () => {
  expect(["/a/My Shop", "/a/x.git", "/a/--", "/a/"].map(idFrom)).toEqual(["my-shop", "x", "fixture", "a"]);
});

test("columns are aligned and lines have no trailing spaces", () => {
  expect(
    textTable([
      ["a", "b"],
      ["long", ""],
    ]),
  ).toEqual(["a     b", "long"]);
});
