import { link, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeStrictBytes } from "@stage6/evidence-interface";
import { errorCode } from "@stage6/evidence-interface/fs";
import { ownershipRecord, type OwnerConsent } from "./add-fixture.ts";
import { readFixture } from "./read-fixture.ts";
import { rootCommits, runGit } from "./workspace.ts";

/** Gives a fixture that has none its ownership record, written whole; false when there is one, which stays as it is. */
export async function ownFixture(folder: string, consent: OwnerConsent): Promise<boolean> {
  const { fixture } = await readFixture(folder);
  const { bundle, baseCommit, origin = null } = fixture.repository;
  const scratch = await mkdtemp(join(tmpdir(), "stage6-fixture-"));
  const draft = join(folder, ".owning.json");
  try {
    const clone = join(scratch, "base.git");
    await runGit(["clone", "--quiet", "--bare", "--template=", join(folder, bundle), clone], scratch);
    const repository = { rootCommits: await rootCommits(clone, baseCommit), baseCommit, origin };
    await writeFile(draft, writeStrictBytes(ownershipRecord(fixture, consent, repository)));
    // Unlike rename, link fails when the target exists.
    await link(draft, join(folder, "ownership.json"));
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}
