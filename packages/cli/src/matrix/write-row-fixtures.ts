import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { readSmallFile, writeNewFolder } from "@stage6/evidence-interface/fs";
import { leavesTrial, rowFixture, type FailureMatrix, type RowFixture } from "@stage6/failure-matrix";
import { addFixture, ownershipRecord, readFixture, seedRepository, type LoadedFixture } from "@stage6/runner";

const MAX_FIXTURE_BYTES = 4 * 1024 * 1024;

/** Targets of rows are made here and thrown away; their record never changes. */
const OWNER = { owner: "stage6", statement: "Made for the rows of the failure matrix.", date: "2026-01-01" };

/** Git bundles by tree: rows that share a target share its bundle. */
type Bundles = Map<string, Buffer>;

async function bundleOf(fixture: RowFixture, bundles: Bundles): Promise<Buffer> {
  const known = bundles.get(fixture.tree);
  if (known !== undefined) return known;
  const scratch = await mkdtemp(join(tmpdir(), "stage6-row-"));
  try {
    const files = join(scratch, "files");
    for (const { path, content } of fixture.files) {
      await mkdir(dirname(join(files, path)), { recursive: true });
      await writeFile(join(files, path), content);
    }
    const repository = join(scratch, "repository");
    const base = await seedRepository(files, repository);
    if (base !== fixture.baseCommit)
      throw new TypeError(
        `the target of ${fixture.id} is committed as ${base}, not as ${fixture.baseCommit}`,
      );
    const { id, title, task, allowedPaths, oracle } = fixture;
    await addFixture(join(scratch, "fixtures"), {
      id,
      title,
      repository,
      base,
      task,
      allowedPaths,
      expects: "change",
      oracle,
      oracleFolder: null,
      script: null,
      consent: null,
    });
    const bundle = await readFile(join(scratch, "fixtures", id, "repo.bundle"));
    bundles.set(fixture.tree, bundle);
    return bundle;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeOne(folder: string, fixture: RowFixture, bundles: Bundles): Promise<void> {
  const target = join(folder, fixture.id);
  const there = await readSmallFile(join(target, "fixture.json"), MAX_FIXTURE_BYTES).catch(() => null);
  if (there !== null && sha256(there) === fixture.digest) return;
  const bundle = await bundleOf(fixture, bundles);
  const { baseCommit } = fixture;
  const record = ownershipRecord(fixture, OWNER, { rootCommits: [baseCommit], baseCommit, origin: null });
  // What stands there is the fixture of an earlier version of the row; its bundles name it by digest.
  await rm(target, { recursive: true, force: true });
  await writeNewFolder(dirname(folder), target, async (draft) => {
    await writeFile(join(draft, "repo.bundle"), bundle);
    await writeFile(join(draft, "task.md"), fixture.task);
    await writeFile(join(draft, "fixture.json"), fixture.document);
    await writeFile(join(draft, "ownership.json"), writeStrictBytes(record));
  });
}

/** Writes the fixture of every way of the rows that leaves a trial, where it is not there yet, and reads them all. */
export async function writeRowFixtures(
  folder: string,
  { rows }: FailureMatrix,
): Promise<ReadonlyMap<string, LoadedFixture>> {
  const bundles: Bundles = new Map();
  const loaded = new Map<string, LoadedFixture>();
  for (const row of rows) {
    for (const [at, way] of row.ways.entries()) {
      if (!leavesTrial(way.injector)) continue;
      const fixture = rowFixture(row, at);
      await writeOne(folder, fixture, bundles);
      loaded.set(fixture.id, await readFixture(join(folder, fixture.id)));
    }
  }
  return loaded;
}
