import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SourceAdmission } from "@stage6/eligibility";
import { openEnvelope, parseStrictBytes, validateDocument } from "@stage6/evidence-interface";
import { errorCode, readSmallFile, rootLayout } from "@stage6/evidence-interface/fs";
import type { OpenRoot } from "../open-root.ts";
import { keysOfRole } from "../role-keys-of-root.ts";

const MAX_BYTES = 16 * 2 ** 20;

/**
 * The newest admission of a lane that a reviewer's key signed; null when there is none that can be opened. Whether it
 * still holds is for the gate to say: here it only keeps another source from being started.
 */
export async function admittedSource(root: OpenRoot, lane: string): Promise<SourceAdmission | null> {
  const folder = join(rootLayout(root.path).admissions, lane);
  const keys = keysOfRole(root, "admission-reviewer");
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  const read = await Promise.all(
    names
      .filter((name) => name.endsWith(".dsse.json"))
      .map(async (name) => {
        const bytes = await readSmallFile(join(folder, name), MAX_BYTES);
        const opened = bytes === null ? null : openEnvelope(bytes, keys);
        const json = opened?.ok === true ? parseStrictBytes(opened.payload) : null;
        const checked = json?.ok === true ? validateDocument(SourceAdmission, json.value) : null;
        return checked?.ok === true ? [checked.value] : [];
      }),
  );
  const byTime = read.flat().toSorted((a, b) => (a.predicate.admittedAt < b.predicate.admittedAt ? 1 : -1));
  return byTime[0] ?? null;
}
