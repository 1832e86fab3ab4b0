import { join } from "node:path";
import { collectTrials, type PlanEntry } from "@stage6/validator";
import { LANES } from "./lane-catalog.ts";
import type { OpenRoot } from "./open-root.ts";
import { retranslate, type Retranslation } from "./retranslate.ts";

/** The retranslation of one trial. */
export interface ReplayedTrial {
  /** Folder of the bundle, relative to the root. */
  readonly folder: string;
  readonly result: Retranslation;
}

/** Translates the raw streams of every sound trial of a plan again. Writes nothing. */
export async function replayTrials(root: OpenRoot, entry: PlanEntry): Promise<ReplayedTrial[]> {
  const replayed: ReplayedTrial[] = [];
  for (const { folder, lane, manifest, state } of await collectTrials(
    root.path,
    entry.plan,
    entry.id,
    root.trusted,
  )) {
    if (state !== "present" || manifest === null) continue;
    const adapter = LANES.find(({ id }) => id === lane)?.lane ?? null;
    replayed.push({ folder, result: await retranslate(join(root.path, folder), manifest, adapter) });
  }
  return replayed;
}
