import type { BlockReason } from "@stage6/evidence-interface";
import { codexLane } from "@stage6/lane-codex";
import type { Lane } from "@stage6/lane-contract";
import { fakeLane } from "@stage6/lane-fake";
import { piLane } from "@stage6/lane-pi";

/** A lane that this version knows by name: with its adapter, or with the reason why it has none. */
export type CatalogLane =
  | { readonly id: string; readonly lane: Lane }
  | {
      readonly id: string;
      readonly lane: null;
      readonly code: BlockReason;
      readonly detail: string;
      readonly remedy: string;
    };

/** Every lane of the comparison. None is ever left out: what cannot run stays listed with its reason. */
export const LANES: readonly CatalogLane[] = [
  {
    id: "case",
    lane: null,
    code: "SOURCE_MISSING",
    detail: "the case lane is not built in this version, and no Case source was provided",
    remedy: "Nothing can be done in this version; --candidate codex shows a whole comparison.",
  },
  { id: "codex", lane: codexLane },
  { id: "fake", lane: fakeLane },
  { id: "pi", lane: piLane },
];

/** Ids of all lanes. */
export const LANE_IDS: readonly string[] = LANES.map(({ id }) => id);
