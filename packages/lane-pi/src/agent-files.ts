import type { LaneFile, LaneRequest } from "@stage6/lane-contract";

/** Folder of Pi's own configuration below the lane's folder (`PI_CODING_AGENT_DIR`). */
export const AGENT_FOLDER = "agent";

/** Name the gateway goes by inside Pi; not a provider Pi knows. */
export const PROVIDER = "gateway";

/** The one model that Pi knows: it is asked through the gateway, which adds the real key. */
function models(request: LaneRequest): object {
  return {
    providers: {
      [PROVIDER]: {
        baseUrl: `${request.gatewayUrl ?? ""}/v1`,
        api: "openai-completions",
        apiKey: "the-gateway-adds-it",
        compat: { supportsDeveloperRole: false, supportsReasoningEffort: false },
        models: [{ id: request.model.id, contextWindow: 200_000, maxTokens: 8000 }],
      },
    },
  };
}

/** No retries (0.74.2 made 9 requests of one HTTP 500), no compaction, no telemetry. */
const SETTINGS = {
  retry: { enabled: false, provider: { maxRetries: 0 } },
  compaction: { enabled: false },
  enableInstallTelemetry: false,
};

/** Pi's configuration for one trial, in a folder of its own. */
export function agentFiles(request: LaneRequest): readonly LaneFile[] {
  return [
    { path: `${AGENT_FOLDER}/models.json`, content: `${JSON.stringify(models(request))}\n` },
    { path: `${AGENT_FOLDER}/settings.json`, content: `${JSON.stringify(SETTINGS)}\n` },
  ];
}
