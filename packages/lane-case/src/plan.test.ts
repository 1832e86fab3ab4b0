import type { LaneRequest } from "@stage6/lane-contract";
import { describe, expect, test } from "vitest";
import { plan } from "./plan.ts";

const REQUEST: LaneRequest = {
  backend: { executable: "/opt/it's/bun", args: ["/opt/case/src/index.ts"] },
  task: "Make it so.\n",
  workspace: "/trial/target/repo",
  laneDir: "/trial/lane",
  home: "/trial/home",
  tmp: "/trial/tmp",
  gatewayUrl: "http://127.0.0.1:4711",
  model: { class: "scripted", provider: "stage6", id: "stage6-scripted" },
  idleMs: 15_000,
  allowedPaths: ["src/**"],
  script: null,
  path: "/trial/shims:/usr/bin",
};
const planned = plan(REQUEST);
const content = (path: string): string => planned.files.find((file) => file.path === path)?.content ?? "";
const parsed = (path: string): unknown => JSON.parse(content(path));

describe("plan", () => {
  test("runs an existing task, unattended and without stdin, outside the target", () => {
    expect(planned.argv).toEqual([
      "/opt/it's/bun",
      "/opt/case/src/index.ts",
      "run",
      "--task",
      "/trial/lane/data/tasks/active/stage6-task.task.json",
      "--mode",
      "unattended",
    ]);
    expect({ cwd: planned.cwd, stdin: planned.stdin }).toEqual({ cwd: "lane-dir", stdin: null });
  });

  test("passes these variables and no other", () => {
    expect(planned.env).toEqual({
      PATH: "/trial/lane/bin:/trial/shims:/usr/bin",
      HOME: "/trial/lane/home",
      TMPDIR: "/trial/tmp",
      LANG: "C.UTF-8",
      CASE_DATA_DIR: "/trial/lane/data",
      PI_CODING_AGENT_DIR: "/trial/lane/agent",
      OPENAI_API_KEY: "the-gateway-adds-it",
      GROQ_API_KEY: "the-gateway-adds-it",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: "agent",
      GIT_AUTHOR_EMAIL: "agent@example.invalid",
      GIT_COMMITTER_NAME: "agent",
      GIT_COMMITTER_EMAIL: "agent@example.invalid",
    });
  });

  test("leads every agent to the gateway, and the two closing ones to its fixed answer", () => {
    expect(parsed("agent/models.json")).toMatchObject({
      providers: {
        openai: { baseUrl: "http://127.0.0.1:4711/v1", models: [{ id: "stage6-scripted" }] },
        groq: { baseUrl: "http://127.0.0.1:4711/fixed/lane-stop/v1", models: [{ id: "stage6-scripted" }] },
      },
    });
    const stop = { provider: "groq", model: "stage6-scripted" };
    expect(parsed("data/config.json")).toMatchObject({
      models: {
        default: { provider: "openai", model: "stage6-scripted" },
        closer: stop,
        retrospective: stop,
      },
    });
  });

  test("names the target without a remote, and the work branch", () => {
    expect(parsed("data/projects.json")).toMatchObject({
      repos: [{ path: "/trial/target/repo", remote: "", type: "library" }],
    });
    expect(parsed("data/tasks/active/stage6-task.task.json")).toMatchObject({
      status: "active",
      mode: "unattended",
      profile: "standard",
      branch: "stage6-work",
    });
    expect(content("data/tasks/active/stage6-task.md")).toContain("Make it so.");
  });

  test("brings Case itself under the name that its prompts use, quoted for a shell", () => {
    const file = planned.files.find(({ path }) => path === "bin/ca");
    expect(file).toEqual({
      path: "bin/ca",
      content: `#!/bin/sh\nexec '/opt/it'\\''s/bun' '/opt/case/src/index.ts' "$@"\n`,
      executable: true,
    });
  });

  test("refuses a target whose folders Case would obey", () => {
    expect(planned.refuseWhenPresent).toEqual([".pi", ".case"]);
    expect(planned.stateFolder).toBe(".case");
  });
});
