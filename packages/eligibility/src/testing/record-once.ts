import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@stage6/evidence-interface";
import { errorCode } from "@stage6/evidence-interface/fs";
import { writeRecord } from "../fs/write-record.ts";
import { deriveRecord, type DerivedRecord } from "../record/derive-record.ts";
import { arm, countSteps, stepsTaken, whenHalted, type StepFault } from "./fail-at-step.ts";
import { NOW, wholeSample } from "./sample-documents.ts";
import { KEYS } from "./sample-keys.ts";

// A program for tests. `record-once FOLDER NAME` records the sample as the acceptance of that name and prints what came of it.
// `record-once FOLDER faults` records in one new folder after the other, each time with another fault at another step, and
// prints a line of JSON for each.
const [, , folder = "", name = ""] = process.argv;
const FAULTS: readonly StepFault[] = ["halt", "ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE"];
await countSteps();

const whole = deriveRecord(wholeSample("live").documents, { now: NOW });

/** The sample's record, as if another acceptance had been recorded. */
function derivedFor(acceptance: string): DerivedRecord {
  const { statement, draft } = whole;
  if (statement === null || draft === null) throw new TypeError("the sample is not recorded");
  const predicate = { ...statement.predicate, resourceUri: `https://example.invalid/${acceptance}` };
  return {
    ...whole,
    // A spread loses which member of the union it is.
    statement: Object.assign({ ...statement }, { predicate }),
    draft: { ...draft, acceptanceDigest: sha256(acceptance) },
  };
}

async function record(target: string, acceptance: string): Promise<string> {
  try {
    await writeRecord(target, derivedFor(acceptance), KEYS.comparator);
    return "done";
  } catch (error) {
    return errorCode(error);
  }
}

/** Marks of a call that never came back, as a process that is gone would have left them. */
async function leaveMarks(target: string): Promise<void> {
  for (const mark of await readdir(target))
    if (mark.includes(".lock-"))
      await rename(
        join(target, mark),
        join(target, mark.replace(/\.lock-[0-9]+-[0-9]+-/, ".lock-2147483646-1-")),
      );
}

if (name === "faults") {
  for (const fault of FAULTS) {
    for (let step = 1, taken = 1; step <= taken; step += 1) {
      const target = join(folder, `${fault}-${step}`, "eligibility");
      await mkdir(target, { recursive: true });
      arm(fault, step);
      const code = await Promise.race([whenHalted(), record(target, "a")]);
      // One step more than were taken: that it meets no fault any more ends the loop.
      taken = stepsTaken() < step ? 0 : step + 1;
      arm(fault, 0);
      if (fault === "halt") await leaveMarks(target);
      const again = await record(target, fault === "halt" ? "b" : "a");
      process.stdout.write(`${JSON.stringify({ fault, step, code, again })}\n`);
    }
  }
} else process.stdout.write(`${await record(folder, name)}\n`);
