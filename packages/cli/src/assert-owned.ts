import { join } from "node:path";
import { checkOwnedTargets, type RawFile } from "@stage6/eligibility";
import { readSmallFile, rootLayout } from "@stage6/evidence-interface/fs";
import type { PlanEntry } from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

const MAX_BYTES = 16 * 2 ** 20;

/** Throws TARGET_NOT_OWNED unless every fixture of the plan has a record about this very target; called before any lane starts. */
export async function assertOwned(root: string, { plan }: PlanEntry): Promise<void> {
  const [fixtures, ownership] = [new Map<string, RawFile>(), new Map<string, RawFile>()];
  for (const { id } of plan.fixtures) {
    for (const [name, files] of [
      ["fixture.json", fixtures],
      ["ownership.json", ownership],
    ] as const) {
      const bytes = await readSmallFile(join(rootLayout(root).fixtures, id, name), MAX_BYTES).catch(
        () => null,
      );
      if (bytes !== null) files.set(id, { path: `fixtures/${id}/${name}`, bytes });
    }
  }
  const [problem] = checkOwnedTargets(plan, { fixtures, ownership });
  if (problem === undefined) return;
  throw new CliError("TARGET_NOT_OWNED", EXIT.refused, `${problem.file}: ${problem.message}`, {
    remedy:
      "State whose repository it is with stage6 fixtures own ID --owner NAME --consent TEXT, and plan anew; no lane was started.",
  });
}
