import type { Id } from "@stage6/evidence-interface";
import { readRootFile } from "./read-root-file.ts";
import type { RootFinding } from "./root-finding.ts";
import { ROOT_FILES } from "./root-files.ts";
import type { RootInput } from "./root-input.ts";

/** What stands under `comparisons/` for a plan, held against the recomputed bytes. */
export interface StoredComparison {
  readonly state: "equal" | "absent" | "diverged";
  readonly finding: RootFinding | null;
  readonly input: RootInput | null;
}

/** Compares the stored comparison of a plan with the recomputed bytes, byte for byte. */
export async function checkStoredComparison(
  root: string,
  planId: Id,
  expected: Uint8Array,
): Promise<StoredComparison> {
  const path = `${ROOT_FILES.comparisons}/${planId}.json`;
  const file = await readRootFile(root, path, Math.max(expected.length, 64 * 1024 * 1024));
  if (!file.ok)
    return file.finding.code === "ARTIFACT_MISSING"
      ? { state: "absent", finding: null, input: null }
      : { state: "diverged", finding: file.finding, input: null };
  const input: RootInput = { role: "comparison", path, sha256: file.sha256 };
  if (Buffer.compare(file.bytes, expected) === 0) return { state: "equal", finding: null, input };
  let at = 0;
  while (at < expected.length && file.bytes[at] === expected[at]) at += 1;
  const show = (bytes: Uint8Array): string =>
    at >= bytes.length
      ? "end of file"
      : Buffer.from(bytes.subarray(Math.max(0, at - 30), at + 30)).toString("utf8");
  return {
    state: "diverged",
    finding: {
      code: "REPLAY_DIVERGED",
      rule: "comparison",
      file: path,
      offset: at,
      found: show(file.bytes),
      expected: show(expected),
    },
    input,
  };
}
