import { expect, test } from "vitest";
import { scrub } from "./scrub-text.ts";

test.each([
  ["https://user:hunter22@example.invalid/x", "https://[scrubbed]@example.invalid/x"],
  ["key sk-abcdefghij0123456789 there", "key [scrubbed] there"],
  ["ghp_abcdefghij0123456789abcdefghij012345", "[scrubbed]"],
  ['{"password":"hunter22"}', '{"password":"[scrubbed]"}'],
  [String.raw`{"text":"{\"password\":\"hunter22\"}"}`, String.raw`{"text":"{\"password\":\"[scrubbed]\"}"}`],
  ["API_KEY=abcd1234 next", "API_KEY=[scrubbed] next"],
  ["Authorization: Bearer abcdef", "Authorization: Bearer [scrubbed]"],
])("what looks like a credential is taken out of %j", (text, expected) => {
  expect(scrub(text)).toBe(expected);
});

test.each([
  "monkey: 3 passed",
  "the password is wrong",
  "a token",
  "src/secret.ts",
  "ask-for-something-longer-than-that",
])("%j stays as it is", (text) => {
  expect(scrub(text)).toBe(text);
});
