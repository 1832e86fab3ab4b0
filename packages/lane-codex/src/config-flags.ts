import type { LaneRequest } from "@stage6/lane-contract";
import { MODEL_CATALOG_FILE } from "./model-catalog.ts";
import { tomlString } from "./toml.ts";

/** Name the gateway goes by inside Codex; not a provider Codex knows, so it sends no key and asks for no login. */
const PROVIDER = "gateway";

/**
 * Features that add network use, tools or prompts. Set through `-c features.<name>=false`, because `--disable` exits 2 on a
 * name that the version does not know.
 */
const FEATURES_OFF = [
  "plugins",
  "remote_plugin",
  "apps",
  "multi_agent",
  "goals",
  "unbounded_connection_retries",
] as const;

const KEY = `model_providers.${PROVIDER}`;

/**
 * Text of `config.toml`: the gateway's address, and the name without which Codex refuses the file, in `codex sandbox` too
 * (measured with 0.169). The address carries the trial's token, and every user of the machine can read a command line;
 * Codex merges this table with the flags.
 */
export function configFile({ gatewayUrl }: LaneRequest): string {
  return `[${KEY}]\nname = ${tomlString(PROVIDER)}\nbase_url = ${tomlString(`${gatewayUrl ?? ""}/v1`)}\n`;
}

function provider(request: LaneRequest): readonly string[] {
  return [
    `model_provider=${tomlString(PROVIDER)}`,
    `${KEY}.wire_api="responses"`,
    `${KEY}.requires_openai_auth=false`,
    `${KEY}.request_max_retries=0`,
    `${KEY}.stream_max_retries=0`,
    // Later than the harness's own limit, which is the one that ends a stream that stalls: equal ones race.
    `${KEY}.stream_idle_timeout_ms=${2 * request.idleMs}`,
  ];
}

/**
 * Marks the target as untrusted. Without it 0.125 and 0.150 obey the target's `.codex` folder: its MCP commands and hooks ran
 * outside the sandbox (measured); with it none of the tested versions does.
 */
export function untrusted(workspace: string): string {
  return `projects={${tomlString(workspace)}={trust_level="untrusted"}}`;
}

/** Values of all `-c` flags of a trial, in a fixed order. */
export function configFlags(request: LaneRequest): readonly string[] {
  return [
    ...FEATURES_OFF.map((feature) => `features.${feature}=false`),
    ...provider(request),
    untrusted(request.workspace),
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
    ...(request.model.class === "live"
      ? []
      : [`model_catalog_json=${tomlString(`${request.laneDir}/${MODEL_CATALOG_FILE}`)}`]),
  ];
}
