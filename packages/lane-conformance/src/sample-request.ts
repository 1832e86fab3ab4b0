import type { LaneRequest } from "@stage6/lane-contract";

/** A task that can be recognised wherever it turns up. */
export const SAMPLE_TASK = "@task --with -odd /words\n";

/** Address of a gateway, with a token that can be recognised wherever it turns up. */
export const GATEWAY_URL = "http://127.0.0.1:4711/token-of-the-sample-trial";

/** A request as the runner makes it, frozen. */
export const SAMPLE_REQUEST: LaneRequest = Object.freeze({
  backend: Object.freeze({ executable: "/opt/backend/run", args: Object.freeze(["--first"]) }),
  backendVersion: "1.0.0",
  task: SAMPLE_TASK,
  workspace: "/trial/target/repo",
  laneDir: "/trial/lane",
  home: "/trial/home",
  tmp: "/trial/tmp",
  gatewayUrl: GATEWAY_URL,
  model: Object.freeze({ class: "scripted", provider: "stage6", id: "stage6-scripted" }),
  idleMs: 15_000,
  allowedPaths: Object.freeze(["src/**"]),
  script: null,
  path: "/trial/shims:/usr/bin:/bin",
});
