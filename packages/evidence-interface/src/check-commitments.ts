import { BUNDLE_FILES } from "./bundle-files.ts";
import type { EventLogSummary } from "./event-log-checker.ts";
import type { Finding } from "./finding.ts";
import type { Manifest } from "./manifest.ts";
import type { LogFacts } from "./report-fold.ts";

/** Whether the manifest commits to this very log, and the log points only to bytes of the bundle. `sizeOf` gives the size of a file, withheld ones too. */
export function checkCommitments(
  manifest: Manifest,
  events: EventLogSummary,
  sizeOf: (path: string) => number | undefined,
): readonly Finding[] {
  const said = manifest.events;
  const pairs = [
    ["event-count", said.count, events.count],
    ["last-checkpoint", said.lastCheckpoint, events.lastCheckpoint],
    ["segments", said.segments, events.segments],
    ["merkle-root", said.merkleRoot, events.merkleRoot],
  ] as const;
  return [
    ...pairs
      .filter(([, found, expected]) => found !== expected)
      .map(([rule, found, expected]): Finding => ({
        code: "DIGEST_MISMATCH",
        rule,
        file: BUNDLE_FILES.manifest,
        found: String(found),
        expected: String(expected),
      })),
    ...[...events.rawReach].flatMap(([artifact, reach]) => reachFindings(artifact, reach, sizeOf(artifact))),
  ];
}

function reachFindings(artifact: string, reach: number, size: number | undefined): readonly Finding[] {
  const at = { code: "EVENTS_INVALID", file: BUNDLE_FILES.events } as const;
  if (size === undefined)
    return [{ ...at, rule: "raw-artifact", found: artifact, expected: "a file of the bundle" }];
  return reach <= size
    ? []
    : [{ ...at, rule: "raw-range", found: `${artifact} byte ${reach}`, expected: `at most ${size}` }];
}

/** Whether the snapshots that the log speaks of are the ones in the bundle. */
export function checkSnapshots(manifest: Manifest, { snapshots }: LogFacts): readonly Finding[] {
  return [...snapshots]
    .filter(([which, { artifact, sha256 }]) => {
      const listed = manifest.files.find(({ path }) => path === artifact);
      return listed?.role !== `snapshot-${which}` || listed.sha256 !== sha256;
    })
    .map(([which, { artifact, sha256 }]) => ({
      code: "EVENTS_INVALID",
      rule: "snapshot-digest",
      file: BUNDLE_FILES.events,
      found: `${artifact} ${sha256}`,
      expected: `the artifact of role snapshot-${which}`,
    }));
}
