import { join } from "node:path";
import type { SourceObservation } from "@stage6/eligibility";
import { digestHex, sha256, writeStrictBytes, type Id } from "@stage6/evidence-interface";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { writeNewFile } from "./write-new-file.ts";

/** Keeps a look at the candidate's source with the plan whose trials it surrounds; the name is its own digest. */
export async function recordObservation(root: string, planId: Id, seen: SourceObservation): Promise<void> {
  const bytes = writeStrictBytes(seen);
  const name = `${seen.moment}.${digestHex(sha256(bytes)).slice(0, 16)}.json`;
  await writeNewFile(root, join(rootLayout(root).admissions, "observations", planId, name), bytes);
}
