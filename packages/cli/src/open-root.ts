import { errorCode } from "@stage6/evidence-interface/fs";
import type { Policy } from "@stage6/comparator";
import type { TrustedKeyFile, TrustedMachines } from "@stage6/eligibility";
import type { Sha256, Timestamp, TrustedKeys } from "@stage6/evidence-interface";
import { readHarnessRoot, type HarnessConfig, type PlanEntry } from "@stage6/validator";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

/** A harness root whose documents are all sound. */
export interface OpenRoot {
  /** Absolute path. */
  readonly path: string;
  readonly config: HarnessConfig;
  readonly policy: Policy;
  readonly policyDigest: Sha256;
  /** Every key with its role and window, and what was revoked. */
  readonly machines: TrustedMachines;
  /** The time that the root was opened for: it decides which keys may sign. */
  readonly now: Timestamp;
  /** Keys with the role runner that may sign now. */
  readonly trusted: TrustedKeys;
  /** Keys that may sign now that a lane is not applicable. */
  readonly recorders: TrustedKeys;
  readonly keys: TrustedKeyFile;
  /** By creation time; the last is the newest. */
  readonly plans: readonly PlanEntry[];
}

/** Whether `path` is meant as a harness root: it holds a harness.json, sound or not. */
export async function looksLikeRoot(path: string): Promise<boolean> {
  return stat(join(path, "harness.json")).then(
    () => true,
    (error: unknown) => errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTDIR",
  );
}

/** Opens a harness root; throws ROOT_MISSING when there is none and ROOT_INVALID with every finding when it is not sound. */
export async function openRoot(path: string, shown: string, now: Timestamp): Promise<OpenRoot> {
  if (!(await looksLikeRoot(path))) {
    throw new CliError(
      "ROOT_MISSING",
      EXIT.invalid,
      `there is no harness root at ${shown} (no harness.json)`,
      {
        remedy: "Run stage6 init to make one, or name another folder with --harness-root.",
      },
    );
  }
  const { harness, policy, keys, machines, trusted, recorders, plans, findings } = await readHarnessRoot(
    path,
    now,
  );
  const sound = findings.length === 0 && harness !== null && policy !== null && keys !== null;
  if (!sound || machines === null || trusted === null || recorders === null) {
    throw new CliError("ROOT_INVALID", EXIT.invalid, `the harness root ${shown} is not sound`, {
      remedy: "Put the named files back as they were; nothing was changed.",
      findings,
    });
  }
  return {
    path,
    config: harness,
    policy: policy.document,
    policyDigest: policy.digest,
    machines,
    now,
    trusted,
    recorders,
    keys,
    plans,
  };
}

/** The plan with this id (a unique beginning is enough), or the newest one when `id` is null. */
export function choosePlan(root: OpenRoot, id: string | null): PlanEntry {
  const matching =
    id === null ? root.plans.slice(-1) : root.plans.filter((plan) => id !== "" && plan.id.startsWith(id));
  const [plan] = matching;
  if (plan !== undefined && matching.length === 1) return plan;
  if (id === null)
    throw new CliError("PLAN_MISSING", EXIT.usage, "this harness root has no plan yet", {
      remedy: "Run stage6 plan first.",
    });
  const known = root.plans.map((one) => one.id).join(", ");
  throw new CliError(
    "PLAN_MISSING",
    EXIT.usage,
    matching.length > 1 ? "more than one plan begins with that id" : "there is no plan with that id",
    {
      remedy: known === "" ? "Run stage6 plan first." : `Plans of this root: ${known}.`,
    },
  );
}
