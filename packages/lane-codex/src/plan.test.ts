import type { LaneRequest } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { plan } from "./plan.ts";

const request: LaneRequest = {
  backend: { executable: "/opt/codex/bin/codex", args: [] },
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

const FLAGS = [
  "features.plugins=false",
  "features.remote_plugin=false",
  "features.apps=false",
  "features.multi_agent=false",
  "features.goals=false",
  "features.unbounded_connection_retries=false",
  'model_provider="gateway"',
  'model_providers.gateway.wire_api="responses"',
  "model_providers.gateway.requires_openai_auth=false",
  "model_providers.gateway.request_max_retries=0",
  "model_providers.gateway.stream_max_retries=0",
  "model_providers.gateway.stream_idle_timeout_ms=30000",
  'projects={"/trial/ws"={trust_level="untrusted"}}',
  'approval_policy="never"',
  "sandbox_workspace_write.network_access=false",
  "sandbox_workspace_write.exclude_slash_tmp=true",
  "sandbox_workspace_write.exclude_tmpdir_env_var=true",
  'shell_environment_policy.inherit="core"',
  "project_doc_max_bytes=0",
  "skills.include_instructions=false",
  "skills.bundled.enabled=false",
  'web_search="disabled"',
  "analytics.enabled=false",
  "check_for_update_on_startup=false",
];
const CATALOG = 'model_catalog_json="/trial/lane/model-catalog.json"';

test("the whole command line is frozen", () => {
  expect(plan(request).argv).toEqual([
    "/opt/codex/bin/codex",
    "exec",
    "--json",
    "--color",
    "never",
    "-C",
    "/trial/ws",
    "-s",
    "workspace-write",
    "-m",
    "lane-scripted",
    "-o",
    "/trial/lane/last-message.txt",
    ...[...FLAGS, CATALOG].flatMap((flag) => ["-c", flag]),
    "-",
  ]);
});

test("the gateway's address, which carries the trial's token, stands in a private file and in no command line", () => {
  const planned = plan({ ...request, gatewayUrl: "http://127.0.0.1:4711/token-of-the-trial" });
  expect(planned.files.find(({ path }) => path === "codex-home/config.toml")).toEqual({
    path: "codex-home/config.toml",
    content:
      '[model_providers.gateway]\nname = "gateway"\nbase_url = "http://127.0.0.1:4711/token-of-the-trial/v1"\n',
  });
  expect(planned.argv.join(" ")).not.toMatch(/4711|token-of-the-trial/u);
});

test("the whole environment is frozen: five names, home of Codex outside the child's temp folder", () => {
  const { env } = plan(request);
  expect(env).toEqual({
    PATH: "/usr/bin:/bin",
    HOME: "/trial/home",
    CODEX_HOME: "/trial/lane/codex-home",
    TMPDIR: "/trial/tmp",
    LANG: "C.UTF-8",
  });
  expect(env["CODEX_HOME"]?.startsWith(`${env["TMPDIR"]}/`)).toBe(false);
});

test("the task goes through stdin, so that its size never meets the limit of argv", () => {
  const task = "x".repeat(400_000);
  const { argv, stdin } = plan({ ...request, task });
  expect(stdin).toBe(task);
  expect(argv.join("").length).toBeLessThan(4096);
});

test("keeps the session file and collects it", () => {
  const { argv, collect } = plan(request);
  expect(argv).not.toContain("--ephemeral");
  expect(collect).toEqual([{ stream: "session", folder: "codex-home/sessions", suffix: ".jsonl" }]);
});

test("never asks for trust, a bypass or a flag that one of the tested versions does not know", () => {
  const text = plan(request).argv.join(" ");
  for (const flag of [
    "--trust",
    "bypass",
    "--full-auto",
    "--strict-config",
    "--ignore-rules",
    "--disable",
    "--ask",
  ]) {
    expect(text).not.toContain(flag);
  }
});

test("a scripted model gets a private catalog of one model with our own words", () => {
  const catalog = plan(request).files.find((file) => file.path === "model-catalog.json");
  const parsed: unknown = JSON.parse(catalog?.content ?? "");
  expect(parsed).toMatchObject({
    models: [{ slug: "lane-scripted", upgrade: null, supported_reasoning_levels: [] }],
  });
  expect(catalog?.content.length).toBeLessThan(1500);
});

test("a live model gets the backend's own catalog", () => {
  const live = plan({ ...request, model: { class: "live", provider: "openai", id: "gpt-5.5" } });
  expect(live.files.map((file) => file.path)).toEqual(["codex-home/config.toml"]);
  expect(live.argv.join(" ")).not.toContain("model_catalog_json");
  expect(live.argv.at(-1)).toBe("-");
});

test("odd characters stay inside their TOML string", () => {
  const flags = plan({ ...request, workspace: '/t/a"]=\n\u007f', model: { ...request.model, id: "m" } }).argv;
  expect(flags).toContain('projects={"/t/a\\"]=\\n\\u007f"={trust_level="untrusted"}}');
});

test("checks Codex's own sandbox before the trial, with the binary and the trust of the trial", () => {
  const { preflight } = plan(request);
  expect(preflight?.argv.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
  expect(preflight?.argv.slice(4)).toEqual([
    "/opt/codex/bin/codex",
    'projects={"/trial/ws"={trust_level="untrusted"}}',
  ]);
  expect(preflight?.detail).not.toBe("");
  expect(preflight?.remedy).not.toBe("");
});

test("inside strict bounds Codex's own sandbox is off, because it could not start there and Codex would not tell", () => {
  const strict = plan({ ...request, outerBounds: "strict" });
  const usual = plan({ ...request, outerBounds: "default" });
  expect(usual).toEqual(plan(request));
  expect(strict.preflight).toBeNull();
  const at = usual.argv.indexOf("-s");
  expect(strict.argv).toEqual([
    ...usual.argv.slice(0, at),
    "--dangerously-bypass-approvals-and-sandbox",
    ...usual.argv.slice(at + 2),
  ]);
  expect({ ...strict, argv: [], preflight: null }).toEqual({ ...usual, argv: [], preflight: null });
});

test("nothing in the target makes it refuse: the target is untrusted by configuration", () => {
  expect(plan(request).refuseWhenPresent).toEqual([]);
});
