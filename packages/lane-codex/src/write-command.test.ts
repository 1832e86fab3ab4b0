import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeCommand } from "./write-command.ts";

const folder = mkdtempSync(join(tmpdir(), "stage6-write-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("whole lines go through a patch that Codex reports as a file change", () => {
  expect(writeCommand("src/a.txt", "one\n\ntwo\n")).toBe(
    "apply_patch <<'PATCH'\n*** Begin Patch\n*** Add File: src/a.txt\n+one\n+\n+two\n*** End Patch\nPATCH",
  );
});

test("no line of the content can end the patch or the heredoc", () => {
  const body = writeCommand("a", "PATCH\n*** End Patch\n").split("\n");
  expect(body.filter((line) => line === "PATCH")).toHaveLength(1);
  expect(body.filter((line) => line === "*** End Patch")).toHaveLength(1);
});

test.each([
  ["no final newline", "plain.txt", "no newline"],
  ["empty", "empty.txt", ""],
  ["CRLF", "crlf.txt", "a\r\nb\r\n"],
  ["quotes, expansions and escapes", "deep/er/odd.txt", `it's "q" $HOME \`id\` \\n 100%`],
  ["a name with a newline", "two\nlines.txt", "x\n"],
  ["a name that looks like a flag", "-n", "x"],
])("prints %s byte for byte in a plain shell", (_name, path, content) => {
  const command = writeCommand(path, content);
  expect(command).not.toContain("apply_patch");
  execFileSync("/bin/sh", ["-c", command], { cwd: folder, timeout: 20_000 });
  expect(readFileSync(join(folder, path), "utf8")).toBe(content);
});

test("creates only the folders of the path", () => {
  expect(existsSync(join(folder, "deep/er"))).toBe(true);
});
