import { caseLane } from "@stage6/lane-case";
import { codexLane } from "@stage6/lane-codex";
import type { Lane } from "@stage6/lane-contract";
import { fakeLane } from "@stage6/lane-fake";
import { piLane } from "@stage6/lane-pi";

/** A lane that this version knows by name. */
export interface CatalogLane {
  readonly id: string;
  readonly lane: Lane;
}

/** Every lane of the comparison. None is ever left out: what cannot run stays listed with its reason. */
export const LANES: readonly CatalogLane[] = [
  { id: "case", lane: caseLane },
  { id: "codex", lane: codexLane },
  { id: "fake", lane: fakeLane },
  { id: "pi", lane: piLane },
];

/** Ids of all lanes. */
export const LANE_IDS: readonly string[] = LANES.map(({ id }) => id);
