import { describe, expect, it } from "vitest";
import { isGitStateViolation, WORK_BRANCH } from "./git-state-rule.ts";

const judge = (lines: readonly string[], branch?: string): string[] =>
  lines.filter((line) => {
    const [kind = "", path = ""] = line.split(" ");
    return isGitStateViolation({ kind, path }, branch === undefined ? {} : { branch });
  });

/** What a commit on the work branch leaves, and a reset before it. */
const COMMIT = [
  "touched index",
  "touched objects",
  "added COMMIT_EDITMSG",
  "modified COMMIT_EDITMSG",
  "added ORIG_HEAD",
  "added logs/HEAD",
  `added logs/refs/heads/${WORK_BRANCH}`,
  `modified refs/heads/${WORK_BRANCH}`,
];

/** What no plan permits. */
const NEVER = [
  "modified HEAD",
  "modified refs/heads/main",
  "added refs/heads/other",
  "added refs/tags/v1",
  "added packed-refs",
  "modified config",
  "added hooks/post-commit",
  "added info/exclude",
  "added objects/info/alternates",
  `deleted refs/heads/${WORK_BRANCH}`,
  `type-changed refs/heads/${WORK_BRANCH}`,
  "type-changed logs/HEAD",
  "modified index",
  "new-kind config",
];

describe("isGitStateViolation", () => {
  it("lets a commit on the work branch pass where the plan permits it", () => {
    expect(judge(COMMIT, WORK_BRANCH)).toEqual([]);
  });

  it("lets nothing but a refreshed file pass where the plan permits no commits", () => {
    expect(judge(COMMIT)).toEqual(COMMIT.filter((line) => !line.startsWith("touched")));
  });

  it.each([undefined, WORK_BRANCH, "main"])(
    "lets nothing else pass, whatever the branch is (%s)",
    (branch) => {
      expect(judge(NEVER, branch)).toEqual(NEVER);
    },
  );
});
