import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replayRoot } from "../replay-root.ts";
import { ROOT_FILES } from "../root-files.ts";
import { writeSampleRoot, type SampleRoot } from "./sample-root.ts";
import { tempFolder } from "./temp-folder.ts";

/** Writes one sample root with its comparison, and gives fresh copies of it to spoil. */
export async function rootCopies(): Promise<{
  readonly original: SampleRoot;
  readonly copy: () => Promise<SampleRoot>;
}> {
  const original = await writeSampleRoot(join(await tempFolder(), "harness"));
  await storeComparison(original);
  const copy = async (): Promise<SampleRoot> => {
    const root = join(await tempFolder(), "harness");
    await cp(original.root, root, { recursive: true });
    return { ...original, root };
  };
  return { original, copy };
}

/** Writes the comparison that a root's evidence gives to its place. */
async function storeComparison({ root, planId }: SampleRoot): Promise<void> {
  const { comparison } = await replayRoot({ root, now: "2026-01-02T00:00:00.000Z" });
  if (comparison === null) throw new Error("no comparison");
  const path = join(root, ROOT_FILES.comparisons, `${planId}.json`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, comparison);
}
