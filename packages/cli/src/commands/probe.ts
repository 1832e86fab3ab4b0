import type { Command } from "commander";
import { escapeText, escapeWords, type BoundsRequest } from "@stage6/evidence-interface";
import { versionStanding } from "@stage6/lane-contract";
import type { LaneCandidate } from "@stage6/runner";
import type { Perform } from "../build-program.ts";
import { describeBounds, examineBounds } from "../examine-bounds.ts";
import { EXIT } from "../exit-code.ts";
import { parseBounds, parseLanes } from "../parse-options.ts";
import { placesFor } from "../places-for.ts";
import { probeLanes } from "../probe-lanes.ts";
import { unconfinedNote } from "../unconfined-note.ts";
import { textTable } from "../text-table.ts";

const SOURCES = {
  config: "harness.json",
  environment: "named by a variable",
  "backends-folder": "installed by stage6",
  bundled: "part of stage6",
} as const;

/** One lane of a probe, flat. */
function flat(found: LaneCandidate): Record<string, unknown> & {
  lane: string;
  state: "available" | "blocked";
  cells: string[];
  next: string | null;
} {
  const facts = found.kind === "blocked" ? { ...found, state: "blocked" as const } : found.probed;
  if (facts.state === "blocked") {
    const lane = found.kind === "blocked" ? found.id : found.lane.id;
    const { code, detail, remedy } = facts;
    const lastKnownGood = (found.kind === "probed" ? found.lane.testedVersions.at(-1) : null) ?? "-";
    return {
      lane,
      state: "blocked",
      code,
      detail,
      remedy,
      lastKnownGood: lastKnownGood === "-" ? null : lastKnownGood,
      confined: found.kind === "probed" ? found.probed.confined : null,
      cells: [lane, "blocked", "-", lastKnownGood, "-", escapeText(`${code}: ${detail}`)],
      next: escapeWords(remedy),
    };
  }
  const { lane, version, note, backend, confined } = facts;
  const tested = found.kind === "probed" ? found.lane.testedVersions : [];
  const lastKnownGood = tested.at(-1) ?? null;
  const standing = versionStanding(version, tested);
  const cells = [
    lane,
    "available",
    escapeText(version),
    standing === "tested" ? (lastKnownGood ?? "-") : `${lastKnownGood ?? "-"} (${standing})`,
    backend.sha256.slice("sha256:".length, "sha256:".length + 12),
    SOURCES[backend.source] + (note === null ? "" : escapeText(` (${note})`)),
  ];
  return {
    lane,
    state: "available",
    version,
    lastKnownGood,
    standing,
    note,
    sha256: backend.sha256,
    source: backend.source,
    executable: backend.executable,
    confined,
    cells,
    next: null,
  };
}

interface ProbeOptions {
  readonly lanes?: string[];
  /** `true` is the option without a value. */
  readonly bounds?: BoundsRequest | true;
}

/** `probe`: which lanes can run here, and why the others cannot. A question: exit 0 whatever the answer. */
export function addProbe(program: Command, perform: Perform): void {
  const command = program
    .command("probe")
    .description("show which lanes can run here, their version and binary, and why the others cannot")
    .option("--lanes <names>", "lanes to probe, separated by commas (default: all)", parseLanes)
    .option(
      "--bounds [tier]",
      "also test the bounds of this host (strict, default or auto) and show what each claim would be worth",
      parseBounds,
    );
  perform<ProbeOptions>(command, async (context, { lanes, bounds }) => {
    const candidates = await probeLanes(lanes ?? null, await placesFor(context));
    const rows = candidates.map(flat);
    const unconfined = unconfinedNote(candidates);
    const next = rows.flatMap((row) => (row.next === null ? [] : [`${row.lane}: next: ${row.next}`]));
    const table = textTable([
      ["lane", "state", "version", "last known good", "binary sha256", "where found, or why not"],
      ...rows.map(({ cells }) => cells),
    ]);
    const examined = bounds === undefined ? null : await examineBounds(bounds === true ? "auto" : bounds);
    const shown = [
      ...(unconfined === null ? [] : ["", `note: ${unconfined}`]),
      ...(examined === null ? [] : ["", ...describeBounds(examined)]),
    ];
    return {
      exitCode: EXIT.holds,
      text: `${[...table, ...(next.length === 0 ? [] : ["", ...next]), ...shown].join("\n")}\n`,
      data: {
        lanes: rows.map(({ cells: _cells, next: _next, ...facts }) => facts),
        ...(examined === null ? {} : { bounds: examined }),
      },
    };
  });
}
