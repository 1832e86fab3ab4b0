import type { BoundsTier } from "@stage6/evidence-interface";
import { field, isRecord, type JsonRecord, jsonText } from "@stage6/lane-contract";

/** What the plan asked for, as Codex states it back in `turn_context`; a key it does not state is not judged. */
const WANTED: Readonly<Record<BoundsTier, Readonly<Record<string, unknown>>>> = {
  default: {
    type: "workspace-write",
    network_access: false,
    exclude_tmpdir_env_var: true,
    exclude_slash_tmp: true,
  },
  strict: { type: "danger-full-access" },
};

/**
 * A policy in force that differs from the planned one, or null. This takes the place of `--strict-config`, which 0.104 and
 * 0.125 do not have: a setting that a version ignores shows here.
 */
export function policyDrift(context: JsonRecord, outerBounds: BoundsTier = "default"): string | null {
  const approval = field(context, "approval_policy");
  if (approval !== undefined && approval !== "never")
    return `/approval_policy: expected "never", found ${jsonText(approval)}`;
  const sandbox = field(context, "sandbox_policy");
  if (!isRecord(sandbox)) return null;
  for (const [key, wanted] of Object.entries(WANTED[outerBounds])) {
    const found = field(sandbox, key);
    if (found !== undefined && found !== wanted)
      return `/sandbox_policy/${key}: expected ${jsonText(wanted)}, found ${jsonText(found)}`;
  }
  return null;
}
