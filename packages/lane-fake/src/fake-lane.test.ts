import { readFileSync } from "node:fs";
import type { LaneRequest } from "@stage6/lane-contract";
import { describe, expect, it } from "vitest";
import { fakeLane } from "./fake-lane.ts";

const request: LaneRequest = {
  backend: { executable: "/bin/node", args: ["/lane/fake-backend.mjs"] },
  task: "Fix it.\n",
  workspace: "/trial/work",
  laneDir: "/trial/lane",
  home: "/trial/home",
  tmp: "/trial/tmp",
  gatewayUrl: null,
  model: { class: "none", provider: "", id: "" },
  idleMs: 1000,
  allowedPaths: ["src/**"],
  script: { steps: [{ do: "say", text: "\ud800" }] },
  path: "/usr/bin",
};
const bytes = (text: string) => new TextEncoder().encode(text);
const probed = (stdout: string, exitCode: number | null = 0) =>
  fakeLane.probe.read({ exitCode, signal: null, stdout: bytes(stdout), stderr: bytes("") });

describe("the fake lane", () => {
  it("asks no model and names the version of its package", () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(fakeLane).toMatchObject({ id: "fake", contractVersion: 1, modelClass: "none" });
    expect(manifest).toMatchObject({ version: fakeLane.adapterVersion });
    expect(fakeLane.toolCall({ do: "shell", command: "ls" })).toBeNull();
  });

  it("plans one script file, the task on stdin and four names of environment", () => {
    expect(fakeLane.plan(request)).toEqual({
      files: [{ path: "script.json", content: '{"steps":[{"do":"say","text":"\\ud800"}]}\n' }],
      argv: ["/bin/node", "/lane/fake-backend.mjs", "/trial/lane/script.json"],
      cwd: "workspace",
      env: { PATH: "/usr/bin", HOME: "/trial/home", TMPDIR: "/trial/tmp", LANG: "C.UTF-8" },
      stdin: "Fix it.\n",
      preflight: null,
      collect: [],
      refuseWhenPresent: [],
    });
  });

  it("writes a missing script as null", () => {
    expect(fakeLane.plan({ ...request, script: null }).files).toEqual([
      { path: "script.json", content: "null\n" },
    ]);
  });
});

describe("the probe", () => {
  it("reads the version line", () => {
    expect(probed("stage6-fake 1.0.0\n")).toEqual({ state: "available", version: "1.0.0", note: null });
  });

  it("notes a version it was not tested with", () => {
    expect(probed("stage6-fake 1.0.1\n")).toMatchObject({
      state: "available",
      version: "1.0.1",
      note: expect.stringContaining("untested"),
    });
  });

  it.each([
    ["", 0],
    ["stage6-fake\n", 0],
    ["stage6-fake 1.0.0\n", 1],
    ["stage6-fake 1.0.0\n", null],
    ["codex-cli 1.0.0\n", 0],
    ["x".repeat(300_000), 0],
  ] as const)("blocks on anything else (%#)", (stdout, exitCode) => {
    expect(probed(stdout, exitCode)).toMatchObject({ state: "blocked", code: "PROBE_FAILED" });
  });
});
