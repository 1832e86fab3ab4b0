import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isTest } from "../boundaries/check-imports.ts";
import { REQUIREMENTS } from "./requirements.ts";
import { readTestTitles, type TestTitle } from "./test-titles.ts";
import { deriveTrace, type Trace } from "./trace.ts";

/** Titles of every test of a work tree, from the sources. */
export function readAllTitles(root: string): TestTitle[] {
  const folders = [...readdirSync(join(root, "packages")).map((name) => `packages/${name}/src`), "tools"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter(isTest),
  );
  return files.toSorted().flatMap((file) => readTestTitles(file, readFileSync(join(root, file), "utf8")));
}

/** The trace of a work tree. */
export function readTrace(root: string): Trace {
  return deriveTrace(REQUIREMENTS, readAllTitles(root));
}
