import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isTest } from "../boundaries/check-imports.ts";
import { REQUIREMENTS } from "./requirements.ts";
import { readTestTitles } from "./test-titles.ts";
import { deriveTrace, type Trace } from "./trace.ts";

/** The trace of a work tree, from the sources of its tests. */
export function readTrace(root: string): Trace {
  const folders = [...readdirSync(join(root, "packages")).map((name) => `packages/${name}/src`), "tools"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter(isTest),
  );
  const titles = files
    .toSorted()
    .flatMap((file) => readTestTitles(file, readFileSync(join(root, file), "utf8")));
  return deriveTrace(REQUIREMENTS, titles);
}
