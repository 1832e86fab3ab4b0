import { join } from "node:path";
import { readChunks } from "@stage6/evidence-interface/fs";
import type { Manifest } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { DraftKeys } from "./draft-keys.ts";
import { readLaneEvents } from "./lane-events.ts";
import { AGAIN_WORKSPACE, orderStreams, streamOf } from "./raw-streams.ts";

/** What translating a bundle's raw streams again gave. */
export type Retranslation =
  | { readonly state: "equal"; readonly events: number }
  | { readonly state: "skipped"; readonly reason: string }
  | { readonly state: "diverged"; readonly missing: readonly string[]; readonly extra: readonly string[] };

const MAX_NAMED = 10;

function streamsOf(manifest: Manifest): string[] {
  return orderStreams(
    manifest.files.flatMap(({ path }) =>
      path.startsWith("artifacts/") ? (streamOf(path.slice("artifacts/".length)) ?? []) : [],
    ),
  );
}

/**
 * Translates the raw streams of a bundle with the lane's own translator and holds the drafts against the log's lane
 * events: as multisets of type and byte range, since streams were cut and interleaved by time.
 */
export async function retranslate(
  folder: string,
  manifest: Manifest,
  lane: Lane | null,
): Promise<Retranslation> {
  const { keys, started, end, adapterVersion, outerBounds } = await readLaneEvents(folder);
  if (lane === null) return { state: "skipped", reason: "this version has no adapter for the lane" };
  if (adapterVersion !== lane.adapterVersion)
    return {
      state: "skipped",
      reason: `recorded with adapter ${adapterVersion ?? "unknown"}, this is ${lane.adapterVersion}`,
    };
  if (!started) return compareKeys(keys, []);
  if (end === null || end.endedBy === "interrupt")
    return { state: "skipped", reason: "the backend was not followed to its end" };
  const drafts = new DraftKeys();
  const translator = lane.translator({ workspace: AGAIN_WORKSPACE, outerBounds });
  for (const stream of streamsOf(manifest))
    await readChunks(join(folder, `artifacts/${stream}.raw`), (chunk) =>
      drafts.add(translator.push(stream, Buffer.from(chunk))),
    );
  drafts.add(translator.end(end));
  drafts.close();
  return compareKeys(keys, drafts.keys);
}

/** What the runner itself notes of a stream: that something left for it is not in it, or that the log was full. */
const isNote = (key: string): boolean => /^line\.unread \S+ [0-9]+ 0$/.test(key);

function compareKeys(all: readonly string[], drafts: readonly string[]): Retranslation {
  const logged = all.filter((key) => !isNote(key));
  const drafted = drafts.filter((key) => !isNote(key));
  const missing = without(logged, drafted);
  const extra = without(drafted, logged);
  if (missing.length === 0 && extra.length === 0) return { state: "equal", events: logged.length };
  return { state: "diverged", missing: missing.slice(0, MAX_NAMED), extra: extra.slice(0, MAX_NAMED) };
}

/** Items of `all` that `taken` does not hold as often. */
function without(all: readonly string[], taken: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of taken) left.set(one, (left.get(one) ?? 0) + 1);
  return all.filter((one) => {
    const count = left.get(one) ?? 0;
    if (count > 0) left.set(one, count - 1);
    return count === 0;
  });
}
