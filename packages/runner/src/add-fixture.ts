import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileAllowedPaths, hardenedGitEnv, runTool } from "@stage6/bounds";
import {
  OwnershipRecord,
  SCHEMA_VERSION,
  sha256,
  validateDocument,
  writeStrictBytes,
} from "@stage6/evidence-interface";
import { writeNewFolder } from "@stage6/evidence-interface/fs";
import { Fixture, type NamedCommand, type Script } from "@stage6/lane-contract";
import { commandFaults } from "./command-faults.ts";
import { RunnerError } from "./runner-error.ts";
import { rootCommits, runGit } from "./workspace.ts";

/** What makes a fixture out of a repository. */
export interface FixtureSource {
  readonly id: string;
  readonly title: string;
  /** A git repository; read with git alone, never changed. */
  readonly repository: string;
  /** Revision of `repository` the task starts from. */
  readonly base: string;
  /** Task text. */
  readonly task: string;
  readonly allowedPaths: readonly string[];
  readonly expects: Fixture["expects"];
  readonly oracle: readonly string[];
  /** Folder whose files are laid over the final tree before the oracle runs; null for none. */
  readonly oracleFolder: string | null;
  readonly script: Script | null;
  /** Commands that a model may run by name; none when left out. */
  readonly commands?: readonly NamedCommand[];
  /** The owner's consent; null leaves the fixture without an ownership record, and no lane is started on it. */
  readonly consent: OwnerConsent | null;
}

/** What the owner of a repository says about it. */
export interface OwnerConsent {
  readonly owner: string;
  readonly statement: string;
  /** Day of the consent, `YYYY-MM-DD`. */
  readonly date: string;
}

async function listOracleFiles(folder: string): Promise<{ path: string; sha256: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Promise.all(
    paths.toSorted().map(async (path) => ({ path, sha256: sha256(await readFile(join(folder, path))) })),
  );
}

/** Writes the base commit with its history, and nothing later, as a git bundle with one branch `main`. */
async function bundleBase(
  repository: string,
  base: string,
  target: string,
  scratch: string,
): Promise<{ commit: string; tree: string; roots: string[] }> {
  const clone = join(scratch, "base.git");
  await runGit(["init", "--quiet", "--bare", "--initial-branch=main", "--template=", clone], scratch);
  const commit = (
    await runGit(["-C", repository, "rev-parse", "--verify", "--end-of-options", `${base}^{commit}`], scratch)
  ).trim();
  await runGit(["--git-dir", clone, "fetch", "--quiet", "--no-tags", repository, commit], scratch).catch(() =>
    runGit(
      ["--git-dir", clone, "fetch", "--quiet", "--no-tags", repository, "+refs/heads/*:refs/import/*"],
      scratch,
    ),
  );
  await runGit(["--git-dir", clone, "update-ref", "refs/heads/main", commit], scratch);
  const tree = (await runGit(["--git-dir", clone, "rev-parse", "refs/heads/main^{tree}"], scratch)).trim();
  await runGit(["--git-dir", clone, "bundle", "create", "--quiet", target, "refs/heads/main"], scratch);
  return { commit, tree, roots: await rootCommits(clone, commit) };
}

/** Where the repository came from, without what may be a credential; null when it has no `origin`. */
async function originOf(repository: string): Promise<string | null> {
  const url = await runGit(["-C", repository, "config", "--get", "remote.origin.url"], repository).catch(
    () => "",
  );
  const plain = url.trim().replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/iu, "$1");
  return plain === "" ? null : plain.slice(0, 2048);
}

/** Adds a fixture to a harness root: repository, task, oracle and script become one folder, written whole or not at all. */
export async function addFixture(fixturesFolder: string, source: FixtureSource): Promise<Fixture> {
  const allowed = compileAllowedPaths(source.allowedPaths);
  if (!allowed.ok)
    throw new RunnerError(
      "FIXTURE_INVALID",
      allowed.problems.map((problem) => `--allow ${problem.glob}: ${problem.reason}`).join("; "),
    );
  await mkdir(fixturesFolder, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), "stage6-fixture-"));
  const staging = join(scratch, "fixture");
  try {
    await mkdir(staging);
    const { commit, tree, roots } = await bundleBase(
      source.repository,
      source.base,
      join(staging, "repo.bundle"),
      scratch,
    );
    await writeFile(join(staging, "task.md"), source.task);
    if (source.oracleFolder !== null)
      await cp(source.oracleFolder, join(staging, "oracle"), { recursive: true });
    const origin = await originOf(source.repository);
    const document = {
      schemaVersion: SCHEMA_VERSION,
      id: source.id,
      title: source.title,
      repository: {
        bundle: "repo.bundle",
        baseCommit: commit,
        baseTree: tree,
        ...(origin === null ? {} : { origin }),
      },
      task: { file: "task.md", sha256: sha256(source.task) },
      allowedPaths: source.allowedPaths,
      ...(source.commands === undefined || source.commands.length === 0 ? {} : { commands: source.commands }),
      expects: source.expects,
      oracle: {
        argv: source.oracle,
        files: source.oracleFolder === null ? [] : await listOracleFiles(join(staging, "oracle")),
      },
      script: source.script,
    };
    const checked = validateDocument(Fixture, document);
    if (!checked.ok)
      throw new RunnerError(
        "FIXTURE_INVALID",
        `${checked.errors[0]?.pointer ?? ""} ${checked.errors[0]?.message ?? "does not fit the schema"}`,
      );
    const [fault] = commandFaults(checked.value);
    if (fault !== undefined) throw new RunnerError("FIXTURE_INVALID", fault);
    await writeFile(join(staging, "fixture.json"), writeStrictBytes(checked.value));
    if (source.consent !== null)
      await writeFile(
        join(staging, "ownership.json"),
        writeStrictBytes(
          ownershipRecord(source, source.consent, { rootCommits: roots, baseCommit: commit, origin }),
        ),
      );
    const target = join(fixturesFolder, source.id);
    const written = await writeNewFolder(dirname(fixturesFolder), target, (draft) =>
      cp(staging, draft, { recursive: true }),
    );
    if (!written) throw new RunnerError("FIXTURE_EXISTS", `fixture ${source.id} exists already`);
    return checked.value;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The owner's word on a fixture, as its ownership record; throws FIXTURE_INVALID when it does not fit the schema. */
export function ownershipRecord(
  { id, allowedPaths }: Pick<FixtureSource, "id" | "allowedPaths">,
  { owner, statement, date }: OwnerConsent,
  repository: OwnershipRecord["repository"],
): OwnershipRecord {
  const record = validateDocument(OwnershipRecord, {
    schemaVersion: SCHEMA_VERSION,
    fixture: id,
    owner,
    class: "owned-noncritical",
    consent: { statement, date },
    allowedPaths,
    repository,
  });
  if (record.ok) return record.value;
  throw new RunnerError(
    "FIXTURE_INVALID",
    `ownership: ${record.errors[0]?.pointer ?? ""} ${record.errors[0]?.message ?? "does not fit the schema"}`,
  );
}

/** A fixed author and date make the commit id of a built-in target the same everywhere. */
const SEED_DATE = "2026-01-01T00:00:00Z";

/** Makes a git repository with one commit out of a folder of plain files; the commit id depends on the files alone. */
export async function seedRepository(files: string, target: string): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  await cp(files, target, { recursive: true });
  await runGit(["init", "--quiet", "--initial-branch=main", "--template=", target], target);
  await runGit(["-C", target, "add", "--all", "--force"], target);
  const identity = {
    GIT_AUTHOR_NAME: "stage6",
    GIT_AUTHOR_EMAIL: "stage6@example.invalid",
    GIT_COMMITTER_NAME: "stage6",
    GIT_COMMITTER_EMAIL: "stage6@example.invalid",
  };
  const made = await runTool(
    ["git", "-C", target, "commit", "--quiet", "--no-gpg-sign", "--message", "base"],
    {
      cwd: target,
      env: { ...hardenedGitEnv(), ...identity, GIT_AUTHOR_DATE: SEED_DATE, GIT_COMMITTER_DATE: SEED_DATE },
      timeoutMs: 60_000,
      maxBytes: 65_536,
    },
  );
  if (made.exitCode !== 0)
    throw new RunnerError("GIT_FAILED", `git commit failed: ${made.stderr.toString().slice(-200)}`);
  return (await runGit(["-C", target, "rev-parse", "HEAD"], target)).trim();
}
