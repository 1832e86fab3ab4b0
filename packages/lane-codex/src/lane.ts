import { CONTRACT_VERSION, type Lane } from "@stage6/lane-contract";
import { BACKEND } from "./backend.ts";
import { plan } from "./plan.ts";
import { PROBE_ARGS, readProbe } from "./probe.ts";
import { toolCall } from "./tool-call.ts";
import { translator } from "./translate.ts";
import { ADAPTER_VERSION, TESTED_VERSIONS } from "./versions.ts";

/** The OpenAI Codex CLI as a lane: pure functions from a request to a command line, and from bytes to event drafts. */
export const codexLane: Lane = {
  id: "codex",
  contractVersion: CONTRACT_VERSION,
  adapterVersion: ADAPTER_VERSION,
  modelClass: "model",
  modelApi: "responses",
  backend: BACKEND,
  probe: { args: PROBE_ARGS, read: readProbe },
  plan,
  translator,
  toolCall,
  testedVersions: TESTED_VERSIONS,
};
