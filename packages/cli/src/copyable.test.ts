import { expect, test } from "vitest";
import { copyable } from "./copyable.ts";

const TEXT = [
  "codex: next: stage6 backends install codex",
  "  next: stage6 backends install pi",
  "Next: stage6 plan --help",
  "  next: git clone somewhere && stage6 probe",
  "note: a lane said next: stage6 accept",
  "",
].join("\n");

test("a next step is a command of the npm script, where that is how the tool was called", () => {
  expect(copyable(TEXT, { npm_lifecycle_event: "rehearse" }).split("\n").slice(0, 3)).toEqual([
    "codex: next: npm run --silent stage6 -- backends install codex",
    "  next: npm run --silent stage6 -- backends install pi",
    "Next: npm run --silent stage6 -- plan --help",
  ]);
});

test("other words, and the words of others, stay as they are", () => {
  expect(copyable(TEXT, { npm_lifecycle_event: "stage6" }).split("\n").slice(3)).toEqual(
    TEXT.split("\n").slice(3),
  );
  expect(copyable(TEXT, {})).toBe(TEXT);
});
