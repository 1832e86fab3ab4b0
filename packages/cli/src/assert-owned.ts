import { join } from "node:path";
import { checkOwnership, type RawFile } from "@stage6/eligibility";
import { readSmallFile, rootLayout } from "@stage6/evidence-interface/fs";
import type { PlanEntry } from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

const MAX_BYTES = 65_536;

/** Throws TARGET_NOT_OWNED unless every fixture of the plan has a record about this very target; called before any lane starts. */
export async function assertOwned(root: string, { plan }: PlanEntry): Promise<void> {
  const records = new Map<string, RawFile>();
  for (const { id } of plan.fixtures) {
    const path = `fixtures/${id}/ownership.json`;
    const bytes = await readSmallFile(join(rootLayout(root).fixtures, id, "ownership.json"), MAX_BYTES).catch(
      () => null,
    );
    if (bytes !== null) records.set(id, { path, bytes });
  }
  const [problem] = checkOwnership(plan, records);
  if (problem === undefined) return;
  throw new CliError("TARGET_NOT_OWNED", EXIT.refused, `${problem.file}: ${problem.message}`, {
    remedy:
      "State whose repository it is with stage6 fixtures own ID --owner NAME --consent TEXT; no lane was started.",
  });
}
