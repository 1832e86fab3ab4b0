import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { GatewayOptions } from "./gateway/gateway-options.ts";
import { startGateway } from "./gateway/start-gateway.ts";
import { recordAskedAction, recordEgress } from "./attempts.ts";
import { scriptFaults } from "./scripted-model/script-faults.ts";
import { playableScript } from "./scripted-model/playable-script.ts";
import { startScriptedModel, type ScriptedModel } from "./scripted-model/start-scripted-model.ts";
import type { ToolCap } from "./tool-cap.ts";
import type { TrialRecorder } from "./trial-recorder.ts";
import type { TrialSpec } from "./trial-spec.ts";

/** The model of a trial behind its gateway; null url for the lane that asks none. */
export interface ModelSide {
  /** Base URL of the gateway with the trial's token in its path. */
  readonly url: string | null;
  /** The gateway as a proxy that refuses and records every use, with the token as its credentials. */
  readonly proxyUrl: string | null;
  /** Takes a connection of the trial to the gateway; null without a gateway. */
  readonly accept: ((socket: Duplex) => void) | null;
  readonly limit: AbortSignal | null;
  /** Time of the latest model traffic as `Date.now()` tells it. */
  readonly activity: () => number;
  /** A request offered the provider tools that it runs itself. */
  readonly providerTools: () => boolean;
  /** Why the request log is not whole; null when it is. */
  readonly logFailure: () => string | null;
  close(): Promise<void>;
}

/** A model side, or why the trial's script cannot be played by this lane. */
export type StartedModel =
  | { readonly ok: true; readonly model: ModelSide }
  | { readonly ok: false; readonly detail: string };

const NONE: ModelSide = {
  url: null,
  proxyUrl: null,
  accept: null,
  limit: null,
  activity: () => 0,
  providerTools: () => false,
  logFailure: () => null,
  close: () => Promise.resolve(),
};

/** How the trial alone reaches its gateway. */
export type GatewayReach = Pick<GatewayOptions, "token" | "listen">;

/** Starts what answers the backend: nothing, the scripted model, or the gateway in front of a real endpoint. */
export async function startModelSide(
  spec: TrialSpec,
  recorder: TrialRecorder,
  artifacts: string,
  tools: ToolCap,
  reach: GatewayReach,
): Promise<StartedModel> {
  if (spec.model.class === "none") return { ok: true, model: NONE };
  const script = spec.model.class === "scripted" ? playableScript(spec.fixture.fixture, spec.lane) : null;
  let scripted: ScriptedModel | null = null;
  if (spec.model.class === "scripted") {
    const started = await startScriptedModel({
      script,
      toolCall: spec.lane.toolCall,
      roles: spec.lane.roles,
      modelId: spec.model.id,
    });
    if (started.kind === "unplayable")
      return {
        ok: false,
        detail: `${spec.lane.id} cannot be asked to do step ${started.step} of the fixture's script`,
      };
    scripted = started;
  }
  const upstream = scripted ?? spec.endpoint;
  if (upstream === null) return { ok: false, detail: "no model endpoint is configured for a live trial" };
  let failure: string | null = null;
  let providerTools = false;
  const starting = startGateway({
    upstream: { url: upstream.url, apiKey: upstream.apiKey },
    faults: spec.model.class === "scripted" ? scriptFaults(script, spec.lane.roles) : () => null,
    fixedAnswers: spec.lane.fixedAnswers,
    plannedModel: spec.model.id,
    maxRequests: spec.plan.limits.modelRequests,
    logFile: join(artifacts, "model-log.jsonl"),
    bodyFile: join(artifacts, "model-bodies.jsonl"),
    clock: spec.clock,
    ...reach,
    onEvent: (event) => {
      switch (event.kind) {
        case "requested":
          providerTools ||= event.data.providerTools.length > 0;
          return recorder.write("model.requested", event.data);
        case "answered":
          return recorder.write("model.answered", event.data);
        case "tool-asked":
          tools.asked();
          return recordAskedAction(recorder, event.arguments);
        case "egress":
          return recordEgress(recorder, event.method, event.target);
        case "log-failed":
          failure ??= event.message;
          return undefined;
      }
    },
  });
  const gateway = await starting.catch(async (error: unknown) => {
    await scripted?.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await gateway.close();
    await scripted?.close();
  };
  const activity = (): number => Date.now() - (spec.clock.mono() - gateway.lastActivity()) / 1000;
  return {
    ok: true,
    model: {
      url: gateway.url,
      proxyUrl: gateway.proxyUrl,
      accept: gateway.accept,
      limit: gateway.limit,
      activity,
      providerTools: () => providerTools,
      logFailure: () => failure,
      close,
    },
  };
}
