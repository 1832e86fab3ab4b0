import type { LaneRequest } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { plan } from "./plan.ts";
import { systemPrompt } from "./system-prompt.ts";

const request: LaneRequest = {
  backend: { executable: "/opt/pi/node", args: ["/opt/pi/cli.js"] },
  backendVersion: "0.87.1",
  task: "Say goodbye.\n",
  workspace: "/trial/ws",
  laneDir: "/trial/lane",
  home: "/trial/home",
  tmp: "/trial/tmp",
  gatewayUrl: "http://127.0.0.1:4711",
  model: { class: "scripted", provider: "scripted", id: "lane-scripted" },
  idleMs: 15_000,
  allowedPaths: ["src/**"],
  script: null,
  path: "/usr/bin:/bin",
};
const { backendVersion: _version, ...unknownVersion } = request;
const fileOf = (path: string, of: LaneRequest = request): string =>
  plan(of).files.find((file) => file.path === path)?.content ?? "";

test("the whole command line is frozen", () => {
  expect(plan(request).argv).toEqual([
    "/opt/pi/node",
    "/opt/pi/cli.js",
    "--mode",
    "json",
    "-p",
    "--no-session",
    "--offline",
    "--no-extensions",
    "--no-skills",
    "--no-prompt-templates",
    "--no-themes",
    "--no-context-files",
    "--tools",
    "read,bash,edit,write",
    "--system-prompt",
    systemPrompt(request),
    "--no-approve",
    "--provider",
    "gateway",
    "--model",
    "lane-scripted",
    "-e",
    "/trial/lane/guard/guard.ts",
  ]);
});

test("the whole environment is frozen: no proxy, no key, own home, temp and agent folder", () => {
  expect(plan(request).env).toEqual({
    PATH: "/usr/bin:/bin",
    HOME: "/trial/home",
    TMPDIR: "/trial/tmp",
    LANG: "C.UTF-8",
    PI_CODING_AGENT_DIR: "/trial/lane/agent",
    PI_OFFLINE: "1",
    PI_TELEMETRY: "0",
    PI_SKIP_VERSION_CHECK: "1",
  });
});

test("the task goes through stdin alone, so that no task is read as a flag or a file name", () => {
  const { argv, stdin } = plan({ ...request, task: "@secret -e --no-extensions" });
  expect(stdin).toBe("@secret -e --no-extensions");
  expect(argv.join(" ")).not.toContain("@secret");
});

test("the model is asked through the gateway, without retries", () => {
  expect(JSON.parse(fileOf("agent/models.json"))).toMatchObject({
    providers: {
      gateway: {
        baseUrl: "http://127.0.0.1:4711/v1",
        api: "openai-completions",
        models: [{ id: "lane-scripted" }],
      },
    },
  });
  expect(JSON.parse(fileOf("agent/settings.json"))).toEqual({
    retry: { enabled: false, provider: { maxRetries: 0 } },
    compaction: { enabled: false },
    enableInstallTelemetry: false,
  });
});

test("the guard's records are collected", () => {
  expect(plan(request).collect).toEqual([{ stream: "session", folder: "guard", suffix: ".jsonl" }]);
  expect(fileOf("guard/guard.ts")).toContain('"/trial/lane/guard/guard.jsonl"');
});

test.each(["0.79.0", "0.87.1", "1.5.2", "0.80.0-beta.1"])(
  "%s is told not to trust the target, and runs on any",
  (backendVersion) => {
    const { argv, refuseWhenPresent } = plan({ ...request, backendVersion });
    expect(argv).toContain("--no-approve");
    expect(refuseWhenPresent).toEqual([]);
  },
);

test.each([["0.74.2"], ["0.78.1"], [undefined]])(
  "%s has no project trust: a target with a .pi folder is refused",
  (backendVersion) => {
    const { argv, refuseWhenPresent } = plan(
      backendVersion === undefined ? unknownVersion : { ...request, backendVersion },
    );
    expect(argv).not.toContain("--no-approve");
    expect(refuseWhenPresent).toEqual([".pi"]);
  },
);

const named = { ...request, commands: [{ name: "test", argv: ["npm", "test"] }] };

test("a fixture that names commands takes the shell away and offers them by name", () => {
  const { argv } = plan(named);
  expect(argv[argv.indexOf("--tools") + 1]).toBe("read,edit,write,run_command");
  expect(argv[argv.indexOf("--system-prompt") + 1]).toContain(
    "Use the tools read, edit, write and run_command.",
  );
  expect(fileOf("guard/guard.ts", named)).toContain('const COMMANDS = {"test":["npm","test"]};');
  expect(fileOf("guard/guard.ts")).toContain("const COMMANDS = {};");
});
