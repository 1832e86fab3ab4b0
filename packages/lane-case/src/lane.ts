import { CONTRACT_VERSION, type Lane } from "@stage6/lane-contract";
import { BACKEND } from "./backend.ts";
import { LANE_STOP } from "./lane-stop.ts";
import { plan } from "./plan.ts";
import { PROBE_ARGS, readProbe } from "./probe.ts";
import { ROLES } from "./roles.ts";
import { toolCall } from "./tool-call.ts";
import { translator } from "./translate.ts";
import { ADAPTER_VERSION, TESTED_VERSIONS } from "./versions.ts";

/** WorkOS Case as a lane: pure functions from a request to a command line, and from its event log to event drafts. */
export const caseLane: Lane = {
  id: "case",
  contractVersion: CONTRACT_VERSION,
  adapterVersion: ADAPTER_VERSION,
  modelClass: "model",
  modelApi: "chat",
  backend: BACKEND,
  probe: { args: PROBE_ARGS, read: readProbe },
  plan,
  translator,
  toolCall,
  testedVersions: TESTED_VERSIONS,
  localCommits: true,
  fixedAnswers: [LANE_STOP],
  roles: ROLES,
};
