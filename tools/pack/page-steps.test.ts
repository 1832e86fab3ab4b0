import { expect, test } from "vitest";
import { pageSteps } from "./page-steps.ts";

test("files and commands come in the order of the page", () => {
  expect(pageSteps("a\n\n```js a.mjs\n1;\n```\n\n```sh\nnpm pack\n```\n")).toEqual([
    { kind: "file", path: "a.mjs", text: "1;\n" },
    { kind: "commands", text: "npm pack\n" },
  ]);
});

test("a block that a reader could not follow is refused", () => {
  expect(() => pageSteps("```js\n1;\n```\n")).toThrow("names no file");
  expect(() => pageSteps("```\nnpm pack\n```\n")).toThrow("0 blocks to follow");
});
