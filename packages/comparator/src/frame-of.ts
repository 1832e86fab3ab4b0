import { digestHex } from "@stage6/evidence-interface";
import type { CompareInput } from "./compare.ts";
import type { Frame } from "./rule.ts";

/** The frame of a comparison's own plan. */
export function frameOf({
  plan,
  planDigest,
  policy,
  policyDigest,
}: Pick<CompareInput, "plan" | "planDigest" | "policy" | "policyDigest">): Frame {
  return { plan, planId: digestHex(planDigest).slice(0, 16), planDigest, policy, policyDigest };
}
