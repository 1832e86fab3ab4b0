import { join } from "node:path";
import { writeRecord } from "../fs/write-record.ts";
import { deriveRecord } from "../record/derive-record.ts";
import { NOW, wholeSample } from "./sample-documents.ts";
import { KEYS } from "./sample-keys.ts";

// A program for tests: records the sample in one new folder after the other below its argument until it is killed, and tells each.
const [, , parent = ""] = process.argv;
const derived = deriveRecord(wholeSample("live").documents, { now: NOW });
for (let at = 0; ; at += 1) {
  const written = await writeRecord(join(parent, String(at)), derived, KEYS.comparator);
  if (written === null) throw new TypeError("the sample is not recorded");
  process.stdout.write(`${at}\n`);
}
