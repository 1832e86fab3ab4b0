import type { LanePlan, LaneRequest, ScriptWrapper } from "@stage6/lane-contract";

/** Names of the variables that tell a wrapper where the model gateway is, and where the trial's home. */
const GATEWAY_VARIABLE = "STAGE6_GATEWAY";
const HOME_VARIABLE = "STAGE6_HOME";

/** Starts a backend in its own folder, whatever folder its caller is in; the process is the caller's child itself. */
const IN_FOLDER = ["/bin/sh", "-c", 'cd "$1" && shift && exec "$@"', "stage6-backend"];

/**
 * A lane's plan with a script's wrapper around it: a shell in place of the backend, which gets the backend's command as
 * its arguments. It stands in the trial's target for every lane alike, also where the backend works elsewhere.
 */
export function wrapPlan(
  plan: LanePlan,
  wrapper: ScriptWrapper,
  { laneDir, home, gatewayUrl }: Pick<LaneRequest, "laneDir" | "home" | "gatewayUrl">,
): LanePlan {
  const { command, preflight } = wrapper;
  const backend = plan.cwd === "workspace" ? plan.argv : [...IN_FOLDER, laneDir, ...plan.argv];
  return {
    ...plan,
    ...(command === undefined
      ? {}
      : { argv: ["/bin/sh", "-c", command, "stage6-wrapper", ...backend], cwd: "workspace" }),
    ...(preflight === undefined
      ? {}
      : {
          preflight: {
            argv: ["/bin/sh", "-c", preflight],
            detail: "The script's own preflight failed.",
            remedy: "Nothing can be done: the script asks for it.",
          },
        }),
    env: {
      ...plan.env,
      [HOME_VARIABLE]: home,
      ...(gatewayUrl === null ? {} : { [GATEWAY_VARIABLE]: gatewayUrl }),
    },
  };
}
