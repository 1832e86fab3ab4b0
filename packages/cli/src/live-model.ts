import type { Policy } from "@stage6/comparator";
import type { ModelRef } from "@stage6/evidence-interface";
import type { LiveEndpoint } from "@stage6/runner";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

type LiveModel = NonNullable<Policy["liveModel"]>;

const REMEDY =
  "Name provider, id, url, keyHeader and keyVariable under liveModel in policy/stage6.policy.json, then make a new plan.";

function declared(policy: Policy): LiveModel {
  if (policy.liveModel !== undefined) return policy.liveModel;
  throw new CliError("MODEL_ENDPOINT_UNSET", EXIT.refused, "the policy declares no live model", {
    remedy: REMEDY,
  });
}

/** The model of live evidence, as the policy declares it; throws MODEL_ENDPOINT_UNSET when it declares none. */
export function liveModelRef(policy: Policy): ModelRef {
  const { provider, id } = declared(policy);
  return { class: "live", provider, id };
}

/** The endpoint behind that model, with the operator's key; throws MODEL_ENDPOINT_UNSET when either is missing. */
export function liveEndpoint(
  policy: Policy,
  env: Readonly<Record<string, string | undefined>>,
): LiveEndpoint {
  const { url, keyHeader, keyVariable } = declared(policy);
  const key = env[keyVariable] ?? "";
  if (key === "")
    throw new CliError(
      "MODEL_ENDPOINT_UNSET",
      EXIT.refused,
      `${keyVariable} holds no key of the live model`,
      {
        remedy: `Set ${keyVariable}; it reaches the model gateway alone, never a lane.`,
      },
    );
  return { url, apiKey: { header: keyHeader, value: keyHeader === "authorization" ? `Bearer ${key}` : key } };
}
