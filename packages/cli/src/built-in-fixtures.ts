import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDocument, formatFinding } from "@stage6/evidence-interface";
import { Script } from "@stage6/lane-contract";
import { addFixture, seedRepository } from "@stage6/runner";
import Type from "typebox";
import { BUILT_IN_FIXTURES } from "./tool.ts";

const words = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

/** fixture.seed.json: a built-in fixture before its target became a git repository. */
const FixtureSeed = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    allowedPaths: words,
    expects: Type.Union([Type.Literal("change"), Type.Literal("no-change")]),
    oracle: Type.Object({ argv: words, files: Type.Array(Type.String()) }, { additionalProperties: false }),
    script: Script,
  },
  { additionalProperties: false },
);

/** The targets of the built-in fixtures are made here and belong to nobody else. */
const OWN = {
  owner: "stage6",
  statement: "Made for rehearsals: copies of it may be changed and thrown away.",
  date: "2026-01-01",
};

/** Adds every built-in fixture to a folder of fixtures. Commit ids depend on the shipped files alone. */
export async function addBuiltInFixtures(folder: string): Promise<string[]> {
  const entries = await readdir(BUILT_IN_FIXTURES, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  for (const name of names) await addBuiltIn(folder, join(BUILT_IN_FIXTURES, name));
  return names;
}

async function addBuiltIn(folder: string, source: string): Promise<void> {
  const { value: seed, findings } = checkDocument(
    FixtureSeed,
    JSON.parse(await readFile(join(source, "fixture.seed.json"), "utf8")),
    "fixture.seed.json",
  );
  if (seed === null)
    throw new TypeError(`a built-in fixture is broken: ${findings.map(formatFinding).join("; ")}`);
  const scratch = await mkdtemp(join(tmpdir(), "stage6-seed-"));
  try {
    const repository = join(scratch, "repo");
    const base = await seedRepository(join(source, "target"), repository);
    const task = await readFile(join(source, "task.md"), "utf8");
    const { id, title, allowedPaths, expects, oracle, script } = seed;
    await addFixture(folder, {
      id,
      title,
      repository,
      base,
      task,
      allowedPaths,
      expects,
      oracle: oracle.argv,
      oracleFolder: join(source, "oracle"),
      script,
      consent: OWN,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
