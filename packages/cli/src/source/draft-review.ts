import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { observeSource, readSourceFacts } from "@stage6/bounds";
import { readSmallFile } from "@stage6/evidence-interface/fs";
import type { SourcePlaces } from "./look-at-source.ts";
import type { SourceReview } from "./source-review.ts";

const MAX_PACKAGE_BYTES = 1024 * 1024;
/** Lock files that a checkout may carry; which of them the preparation reads is for the reviewer to say. */
const LOCK_FILE = /^(?:bun\.lockb?|package-lock\.json|pnpm-lock\.yaml|yarn\.lock)$/u;

/**
 * A review with everything filled in that a machine can see: files beside the commit, dependencies, lock files, prompts
 * in a folder `agents`. What only a person can judge is left open, so that the draft is refused as it stands.
 */
export async function draftReview({ checkout, folders }: SourcePlaces): Promise<SourceReview | null> {
  if (checkout === null) return null;
  const tree = await observeSource(checkout, folders);
  if (tree === null) return null;
  const { licenceFiles } = await readSourceFacts(checkout);
  const names = await readdir(checkout);
  return {
    reviewer: "",
    licence:
      licenceFiles.length === 0
        ? { verdict: "none-found", evidence: "no licence file in the history of any ref" }
        : { verdict: "permits-use", evidence: "" },
    knownDefects: [],
    dependencies: await listDependencies(checkout),
    preparation: [],
    upstreamTests: null,
    prompts: await listPrompts(checkout),
    extraFiles: [...tree.extra],
    extraFolders: tree.folders.filter(({ files }) => files > 0).map(({ path }) => path),
    lockfiles: names
      .filter((name) => LOCK_FILE.test(name))
      .toSorted()
      .map((path) => ({ path, authoritative: false })),
    validDays: 30,
  };
}

async function listPrompts(checkout: string): Promise<string[]> {
  const names = await readdir(join(checkout, "agents")).catch((): string[] => []);
  return names
    .filter((name) => name.endsWith(".md"))
    .toSorted()
    .map((name) => `agents/${name}`);
}

/** Direct dependencies as they are installed; one that is not installed has the version `not installed`. */
async function listDependencies(checkout: string): Promise<SourceReview["dependencies"]> {
  const own = await readPackage(join(checkout, "package.json"));
  const names = Object.keys(recordOf(own["dependencies"])).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const installed = await readPackage(join(checkout, "node_modules", name, "package.json"));
      return {
        name,
        version: textOf(installed["version"]) ?? "not installed",
        licence: textOf(installed["license"]) ?? "none stated",
      };
    }),
  );
}

async function readPackage(path: string): Promise<Record<string, unknown>> {
  try {
    const bytes = await readSmallFile(path, MAX_PACKAGE_BYTES);
    return bytes === null ? {} : recordOf(JSON.parse(bytes.toString("utf8")));
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
