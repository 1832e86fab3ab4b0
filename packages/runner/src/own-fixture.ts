import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeStrictBytes } from "@stage6/evidence-interface";
import { writeNewFile } from "@stage6/evidence-interface/fs";
import { ownershipRecord, type OwnerConsent } from "./add-fixture.ts";
import { readFixture } from "./read-fixture.ts";
import { rootCommits, runGit } from "./workspace.ts";

/** Gives a fixture that has none its ownership record, written whole; false when there is one, which stays as it is. */
export async function ownFixture(folder: string, consent: OwnerConsent): Promise<boolean> {
  const { fixture } = await readFixture(folder);
  const { bundle, baseCommit, origin = null } = fixture.repository;
  const scratch = await mkdtemp(join(tmpdir(), "stage6-fixture-"));
  try {
    const clone = join(scratch, "base.git");
    await runGit(["clone", "--quiet", "--bare", "--template=", join(folder, bundle), clone], scratch);
    const repository = { rootCommits: await rootCommits(clone, baseCommit), baseCommit, origin };
    const record = writeStrictBytes(ownershipRecord(fixture, consent, repository));
    // The draft lies beside the fixtures: a fixture holds what it was made of and nothing else.
    const fixtures = dirname(folder);
    return (await writeNewFile(fixtures, join(folder, "ownership.json"), record)) === "written";
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
