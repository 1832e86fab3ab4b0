/** File below the lane's folder that describes the scripted model to Codex. */
export const MODEL_CATALOG_FILE = "model-catalog.json";

const INSTRUCTIONS =
  "You change files in the repository of the working directory as the task asks. Use the tools you are given, then say in one sentence what you did.";

/**
 * Catalog with one model of our own. It keeps the request near 7 kB and keeps the warning item about an unknown model
 * out of the stream. The keys are the union of those that 0.125, 0.150 and 0.169 refuse to miss (found by their
 * error messages); 0.104 has no private catalog and ignores the setting.
 */
export function modelCatalog(modelId: string): string {
  const model = {
    slug: modelId,
    display_name: modelId,
    description: null,
    default_reasoning_level: null,
    supported_reasoning_levels: [],
    shell_type: "shell_command",
    visibility: "none",
    supported_in_api: true,
    priority: 0,
    upgrade: null,
    base_instructions: INSTRUCTIONS,
    supports_reasoning_summaries: false,
    support_verbosity: false,
    default_verbosity: null,
    apply_patch_tool_type: null,
    truncation_policy: { mode: "bytes", limit: 10_000 },
    supports_parallel_tool_calls: true,
    context_window: 200_000,
    experimental_supported_tools: [],
  };
  return `${JSON.stringify({ models: [model] }, null, 2)}\n`;
}
