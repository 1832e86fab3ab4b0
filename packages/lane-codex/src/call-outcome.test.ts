import { expect, test } from "vitest";
import { callOutcome } from "./call-outcome.ts";

test.each([
  [
    "exec of 0.169",
    "Chunk ID: 1\nWall time: 0.0 seconds\nProcess exited with code 3\nOriginal token count: 0\nOutput:\n",
    "failed",
    3,
  ],
  ["exec of 0.104, fine", "Chunk ID: 1\nProcess exited with code 0\nOutput:\nhi\n", "completed", 0],
  [
    "patch of 0.169",
    "Wall time: 0.0 seconds\nOutput:\nExit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.",
    "completed",
    0,
  ],
  ["patch of 0.104", '{"output":"Success.","metadata":{"exit_code":1,"duration_seconds":0.0}}', "failed", 1],
  [
    "denied in 0.104",
    'exec_command failed: CreateProcess { message: "Codex(Sandbox(Denied { output: ExecToolCallOutput { exit_code: 1, stdout',
    "failed",
    1,
  ],
  ["still running", "Chunk ID: 1\nProcess running with session ID 7\nOutput:\n", "unclosed", null],
  ["plain answer", "Plan updated", "completed", null],
  ["plain failure", "unable to process image: invalid", "failed", null],
] as const)("reads %s", (_name, output, status, exitCode) => {
  expect(callOutcome(output)).toEqual({ status, exitCode, refusal: null });
});

test.each([
  "unsupported call: shell",
  "unsupported custom tool call: apply_patch",
  "patch rejected: writing outside of the project; rejected by user approval settings",
  "failed to parse function arguments: missing field `cmd` at line 1 column 15",
  "approval policy is Never; reject command",
])("takes %s as a refusal", (output) => {
  expect(callOutcome(output)).toEqual({ status: "refused", exitCode: null, refusal: output });
});

test("keeps only the first line of a refusal", () => {
  expect(callOutcome("apply_patch verification failed: Failed to find:\nold text").refusal).toBe(
    "apply_patch verification failed: Failed to find:",
  );
});

test("a command cannot print its own exit code", () => {
  const output = "Process exited with code 1\nOutput:\nProcess exited with code 0\nExit code: 0\n";
  expect(callOutcome(output)).toMatchObject({ status: "failed", exitCode: 1 });
  expect(callOutcome("Process running with session ID 1\nOutput:\nExit code: 0\n")).toMatchObject({
    status: "unclosed",
  });
});
