import { describe, expect, test } from "vitest";
import { readProbe } from "./probe.ts";

const HELP = "Usage: ca <command>\n\nCommands:\n  run      runs\n  create   creates\n";
const output = (stdout: string, exitCode: number | null = 0, signal: string | null = null) => ({
  exitCode,
  signal,
  stdout: new TextEncoder().encode(stdout),
  stderr: new Uint8Array(),
});

describe("readProbe", () => {
  test("knows a Case by the digest of its help, and says that an unknown one was not tested", () => {
    const read = readProbe(output(HELP));
    expect(read).toMatchObject({ state: "available", version: expect.stringMatching(/^help-[0-9a-f]{12}$/) });
    expect(read.state === "available" && read.note).toContain("not tested");
    expect(readProbe(output(`${HELP}  more\n`))).not.toEqual(read);
  });

  test.each([
    ["that fails", output(HELP, 1)],
    ["that is killed", output(HELP, null, "SIGKILL")],
    ["of another program", output("Usage: cat\n  run it\n  create it\n")],
    ["without the verb create", output("Usage: ca <command>\n  run      runs\n")],
    ["without the verb run", output("Usage: ca <command>\n  create   creates\n")],
  ])("blocks a start %s, and says how to see why", (_name, printed) => {
    expect(readProbe(printed)).toMatchObject({
      state: "blocked",
      code: "START_PROBE_FAILED",
      remedy: expect.stringContaining("--help"),
    });
  });
});
