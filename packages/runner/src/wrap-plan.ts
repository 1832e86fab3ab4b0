import type { LanePlan, ScriptWrapper } from "@stage6/lane-contract";

/** Name of the variable that tells a wrapper where the model gateway is. */
const GATEWAY_VARIABLE = "STAGE6_GATEWAY";

/** A lane's plan with a script's wrapper around it: a shell in place of the backend, which gets the backend's command as its arguments. */
export function wrapPlan(plan: LanePlan, wrapper: ScriptWrapper, gatewayUrl: string | null): LanePlan {
  const { command, preflight } = wrapper;
  return {
    ...plan,
    ...(command === undefined ? {} : { argv: ["/bin/sh", "-c", command, "stage6-wrapper", ...plan.argv] }),
    ...(preflight === undefined
      ? {}
      : {
          preflight: {
            argv: ["/bin/sh", "-c", preflight],
            detail: "The script's own preflight failed.",
            remedy: "Nothing can be done: the script asks for it.",
          },
        }),
    env: { ...plan.env, ...(gatewayUrl === null ? {} : { [GATEWAY_VARIABLE]: gatewayUrl }) },
  };
}
