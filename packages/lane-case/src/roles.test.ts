import { expect, test } from "vitest";
import { ROLES } from "./roles.ts";

test.each([
  ["# Implementer - words\n## Input", "implementer"],
  ["---\nname: x\n---\n\n# Reviewer\n# Closer", "reviewer"],
  ["# Closer", "closer"],
  ["# Somebody else\n# Verifier", null],
  ["text # Verifier", null],
  ["", null],
])("the role is that of the first heading: %j", (system, role) => {
  expect(ROLES.of(system)).toBe(role);
});

test("an answer of the main role ends with a result block that says completed", () => {
  const [, block = ""] = ROLES.answer("Done.").split("<<<AGENT_RESULT\n");
  expect(JSON.parse(block.split("\nAGENT_RESULT>>>")[0] ?? "")).toEqual({
    status: "completed",
    summary: "Done.",
    artifacts: {},
    error: null,
  });
});
