import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { editCommand } from "./edit-command.ts";

const folder = mkdtempSync(join(tmpdir(), "stage6-edit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function edit(
  text: string,
  oldText: string,
  newText: string,
): { readonly status: number | null; readonly text: string } {
  const file = join(folder, "it's.txt");
  writeFileSync(file, text);
  const { status } = spawnSync("/bin/sh", ["-c", editCommand("it's.txt", oldText, newText)], {
    cwd: folder,
    timeout: 20_000,
  });
  return { status, text: readFileSync(file, "utf8") };
}

test.each([
  ["part of a line", "one two three\n", "two", "2", "one 2 three\n"],
  ["parts of several lines", "one two\nthree four\n", "two\nthree", "2\n3", "one 2\n3 four\n"],
  ["a whole file", "all", "all", "", ""],
  ["the end without a newline", "a\nb", "b", "c\n\n", "a\nc\n\n"],
  ["trailing newlines are kept", "a\n\n\n", "a", "b", "b\n\n\n"],
  [
    "pattern characters are plain text",
    "a * [b] ? \\ $x `y` %s\n",
    "* [b] ? \\ $x `y` %s",
    'it\'s "c" & \\1 %d',
    'a it\'s "c" & \\1 %d\n',
  ],
])("replaces %s", (_name, before, oldText, newText, after) => {
  expect(edit(before, oldText, newText)).toEqual({ status: 0, text: after });
});

test.each([
  ["absent", "abc\n", "x"],
  ["not unique", "abcabc\n", "bc"],
])("exits 1 and leaves the file alone when the text is %s", (_name, text, oldText) => {
  expect(edit(text, oldText, "new")).toEqual({ status: 1, text });
});

test("whole lines go through a patch that Codex reports as a file change", () => {
  expect(editCommand("src/a.txt", "\none\n\n", "\none\nPATCH\n")).toBe(
    "apply_patch <<'PATCH'\n*** Begin Patch\n*** Update File: src/a.txt\n@@\n-one\n-\n+one\n+PATCH\n*** End Patch\nPATCH",
  );
  expect(editCommand("a", "\none\n", "\n")).toContain("\n@@\n-one\n*** End Patch");
});

test.each([
  ["no newline in front", "a", "one\n", "\n2\n"],
  ["no newline behind", "a", "\none", "\n2\n"],
  ["a new text that is no whole line", "a", "\none\n", "\n2"],
  ["no line at all", "a", "\n", "\n2\n"],
  ["CRLF", "a", "\none\r\n", "\n2\n"],
  ["a path that no header can hold", "a\nb", "\none\n", "\n2\n"],
])("%s stays with the shell", (_name, path, oldText, newText) => {
  expect(editCommand(path, oldText, newText)).not.toContain("apply_patch");
});
