import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, TrialPlan, type Id, type Sha256 } from "@stage6/evidence-interface";
import { errorCode } from "@stage6/evidence-interface/fs";
import { byCodeUnit } from "./order.ts";
import { listOrphans } from "./list-orphans.ts";
import { readDocument } from "./read-document.ts";
import { checkFolder, kindOf } from "./read-root-file.ts";
import type { RootFinding } from "./root-finding.ts";
import { ROOT_FILES } from "./root-files.ts";

/** A plan of a harness root. */
export interface PlanEntry {
  /** First 16 hex digits of the digest, also the file's name. */
  readonly id: Id;
  /** SHA-256 of the plan's bytes. */
  readonly digest: Sha256;
  readonly plan: TrialPlan;
}

/** Most plans that a root may hold, and most trials that a plan may name: what is read stays bounded. */
const MAX_PLANS = 1000;
const MAX_TRIALS = 100_000;

/** Reads every plan, sorted by creation time, then id. A plan under a wrong name, or unreadable, is a finding and no plan; so is evidence of a plan that is not there. */
export async function readPlans(
  root: string,
): Promise<{ readonly plans: readonly PlanEntry[]; readonly findings: readonly RootFinding[] }> {
  const { names, ids, findings } = await listPlans(root);
  const plans: PlanEntry[] = [];
  for (const name of names) {
    const file = `${ROOT_FILES.plans}/${name}`;
    const { value, sha256, findings: faults } = await readDocument(root, file, TrialPlan);
    findings.push(...faults);
    if (sha256 === null) continue;
    const id = digestHex(sha256).slice(0, 16);
    const size = value === null ? 0 : value.lanes.length * value.fixtures.length * value.trialsPerCell;
    if (name !== `${id}.json`)
      findings.push({
        code: "DIGEST_MISMATCH",
        rule: "plan-id",
        file,
        found: `digest ${sha256}`,
        expected: `a plan named ${id}.json`,
      });
    else if (size > MAX_TRIALS)
      findings.push({
        code: "INPUT_TOO_LARGE",
        rule: "trials",
        file,
        found: `${size} trials`,
        expected: `at most ${MAX_TRIALS}`,
      });
    else if (value !== null) plans.push({ id, digest: sha256, plan: value });
  }
  findings.push(...listOrphans(root, ids));
  return {
    plans: plans.sort((a, b) => byCodeUnit(a.plan.createdAt, b.plan.createdAt) || byCodeUnit(a.id, b.id)),
    findings,
  };
}

interface PlanListing {
  readonly names: string[];
  /** Ids that a plan is named by, also where what has the name cannot be read: that is a finding of its own. */
  readonly ids: ReadonlySet<string>;
  readonly findings: RootFinding[];
}

async function listPlans(root: string): Promise<PlanListing> {
  const names: string[] = [];
  const ids = new Set<string>();
  const findings: RootFinding[] = [];
  const folder = checkFolder(root, ROOT_FILES.plans);
  if (folder !== null) return { names, ids, findings: folder.rule === "absent" ? [] : [folder] };
  try {
    for await (const entry of await opendir(join(root, ROOT_FILES.plans))) {
      const file = `${ROOT_FILES.plans}/${entry.name}`;
      if (names.length + findings.length >= MAX_PLANS) {
        findings.push({
          code: "INPUT_TOO_LARGE",
          rule: "entries",
          file: ROOT_FILES.plans,
          expected: `at most ${MAX_PLANS} plans`,
        });
        break;
      }
      ids.add(entry.name.replace(/\.json$/, ""));
      if (!entry.isFile())
        findings.push({ code: "NOT_A_FILE", rule: kindOf(entry), file, expected: "a regular file" });
      else if (!entry.name.endsWith(".json"))
        findings.push({ code: "ARTIFACT_EXTRA", rule: "plan-name", file, expected: "plans alone" });
      else names.push(entry.name);
    }
  } catch (error) {
    findings.push({ code: "UNREADABLE", rule: "folder", file: ROOT_FILES.plans, found: errorCode(error) });
  }
  return {
    names: names.sort(byCodeUnit),
    ids,
    findings: findings.sort((a, b) => byCodeUnit(a.file, b.file)),
  };
}
