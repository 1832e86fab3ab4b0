import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, rootLayout } from "@stage6/evidence-interface/fs";
import { readFixture, type LoadedFixture } from "@stage6/runner";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

/** Ids of a root's fixtures, sorted. */
export async function listFixtures(root: string): Promise<string[]> {
  const entries = await readdir(rootLayout(root).fixtures, { withFileTypes: true }).catch(
    (error: unknown) => {
      const finding = {
        code: "UNREADABLE",
        rule: "folder",
        file: "fixtures",
        found: errorCode(error),
      } as const;
      throw new CliError("ROOT_INVALID", EXIT.invalid, "the fixtures of the harness root cannot be read", {
        findings: [finding],
        cause: error,
      });
    },
  );
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .toSorted();
}

/** Reads the chosen fixtures (null: all); throws USAGE for an unknown one or when there is none at all. */
export async function readFixtures(root: string, chosen: readonly string[] | null): Promise<LoadedFixture[]> {
  const known = await listFixtures(root);
  const unknown = (chosen ?? []).filter((id) => !known.includes(id));
  if (unknown.length > 0)
    throw new CliError("USAGE", EXIT.usage, `there is no fixture ${unknown.join(", ")}`, {
      remedy: `Fixtures of this root: ${known.join(", ")}.`,
    });
  if (known.length === 0)
    throw new CliError("USAGE", EXIT.usage, "this harness root has no fixture", {
      remedy: "Add one with stage6 fixtures add.",
    });
  return Promise.all((chosen ?? known).map((id) => readFixture(join(rootLayout(root).fixtures, id))));
}
