import { EVENT_TYPES, REQUIRED_ROLES, type EventType, type Report } from "@stage6/evidence-interface";
import type { Dimension } from "./dimension.ts";
import type { TrialInput } from "./trial-input.ts";

/** What a kind needs before its absence says anything. */
export const KIND_NEEDS = ["model", "change"] as const;
/** `model`: compared only where both lanes ask a model; `change`: due only in a trial in which a file changed. */
export type KindNeed = (typeof KIND_NEEDS)[number];

/** A kind of evidence that a lane may leave beyond what every bundle must hold. */
export interface ComparedKind {
  /** Where it stands and its name: `report:usage-observed`, `event:agent.messaged`, `artifact:session`. */
  readonly kind: string;
  readonly needs: readonly KindNeed[];
}

const kind = (name: string, ...needs: KindNeed[]): ComparedKind => ({ kind: name, needs });

/**
 * The kinds compared as sets. A script knows its session and each change it makes, a backend that edits through a shell
 * cannot: what only one model class can leave needs a model on both sides. The end of the agent and its last message are
 * left to the rate of explained exits; phases and reviews exist for some backends only. What the harness sees itself is
 * no claim that anybody owes: token counts are compared as the gateway saw them, `usage.claimed` is recorded only.
 */
export const COMPARED_KINDS: readonly ComparedKind[] = [
  kind("artifact:bounds-self-test"),
  kind("artifact:lane-files", "model"),
  kind("artifact:model-bodies", "model"),
  kind("artifact:session", "model"),
  kind("event:agent.messaged"),
  kind("event:change.claimed", "model", "change"),
  kind("event:model.answered", "model"),
  kind("event:model.requested", "model"),
  kind("event:session.started", "model"),
  kind("event:tool.ended", "change"),
  kind("event:tool.started", "change"),
  kind("report:backend-digest"),
  kind("report:backend-version"),
  kind("report:changed-paths", "model", "change"),
  kind("report:models-observed", "model"),
  kind("report:tools", "change"),
  kind("report:usage-observed", "model"),
];

/** Dimension in which a kind is compared, by the part of its name before the colon. */
export const KIND_PLACES: Readonly<Partial<Record<Dimension, string>>> = {
  "report-shape": "report:",
  "event-validity": "event:",
  "artifact-completeness": "artifact:",
};

const SECTIONS: Readonly<Record<string, (report: Report) => boolean>> = {
  "backend-digest": ({ lane }) => lane.backendSha256 !== null,
  "backend-version": ({ lane }) => lane.backendVersion !== null,
  "changed-paths": ({ claims }) => claims.changedPaths.length > 0,
  "models-observed": ({ model }) => model.observed.length > 0,
  tools: ({ claims }) => claims.toolCalls > 0,
  usage: ({ usage }) => usage !== null,
  "usage-observed": ({ model }) => model.usage !== undefined,
};

/** Every kind that one trial left. What a claim says is not looked at, only that there is one. */
export function kindsOf({ report, manifest, eventTypes }: TrialInput): ReadonlySet<string> {
  const types: readonly EventType[] = EVENT_TYPES.filter((type) => eventTypes.includes(type));
  const sections = Object.entries(SECTIONS).filter(([, filled]) => report !== null && filled(report));
  const roles = (manifest?.files ?? [])
    .map(({ role }) => role)
    .filter((role) => !REQUIRED_ROLES.includes(role));
  return new Set([
    ...types.map((type) => `event:${type}`),
    ...sections.map(([name]) => `report:${name}`),
    ...roles.map((role) => `artifact:${role}`),
  ]);
}
