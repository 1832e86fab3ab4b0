import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "@stage6/evidence-interface/fs";
import type { CheckId, GateCheck } from "../gate-check.ts";
import { checkFolder } from "../read-root-file.ts";
import { makeCheck, notRun } from "./make-check.ts";

/** Parts of the gate that this version cannot judge: without a record they are missing, with one they did not run. */
const PENDING: readonly {
  readonly id: CheckId;
  readonly folder: string;
  readonly code: string;
  readonly what: string;
}[] = [
  { id: "stage5", folder: "stage5", code: "STAGE5_MISSING", what: "Stage 5 validation evidence" },
  { id: "source-admission", folder: "admissions", code: "SOURCE_MISSING", what: "signed source admission" },
  {
    id: "operator-acceptance",
    folder: "acceptances",
    code: "ACCEPTANCE_MISSING",
    what: "operator acceptance",
  },
];

/** The checks that have nothing behind them yet; none of them passes. */
export async function pendingChecks(root: string): Promise<GateCheck[]> {
  return Promise.all(
    PENDING.map(async ({ id, folder, code, what }) => {
      if (await holdsSomething(root, folder))
        return notRun(
          id,
          `${folder}/ is not empty, but this version has no check of ${what}, so it does not pass`,
        );
      return makeCheck(
        id,
        "fail",
        code,
        `no ${what} below ${folder}/; this version has no check of it yet, so it does not pass`,
      );
    }),
  );
}

async function holdsSomething(root: string, folder: string): Promise<boolean> {
  if ((await checkFolder(root, folder)) !== null) return false;
  try {
    const entries = await opendir(join(root, folder));
    const first = await entries.read();
    await entries.close();
    return first !== null;
  } catch (error) {
    return errorCode(error) !== "ENOENT";
  }
}
