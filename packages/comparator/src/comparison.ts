import {
  BlockReason,
  BoundsTier,
  ClosureClass,
  Count,
  ForbiddenAction,
  HarnessRef,
  Id,
  oneOf,
  SchemaVersion,
  Sha256,
  ShortText,
  Timestamp,
} from "@stage6/evidence-interface";
import Type, { type Static, type TProperties } from "typebox";
import { Dimension } from "./dimension.ts";

const closed = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });
const Code = Type.String({ pattern: "^[A-Z][A-Z0-9_]{2,63}$", description: "Reason code." });
const NullableCode = Type.Union([Code, Type.Null()], {
  description: "Reason code; null when nothing is wrong.",
});

/** Most facts a list of evidence names; the whole number stands beside it. */
export const MAX_EVIDENCE = 10;

/** One fact behind a verdict, with the place where it can be read again. */
export const Evidence = closed(
  {
    trial: Type.String({ maxLength: 2048, description: "Trial as lane/fixture/nnn, or the lane alone." }),
    bundle: Type.Union([Sha256, Type.Null()], {
      description: "Digest of the bundle's manifest; null when there is no bundle.",
    }),
    where: Type.String({
      maxLength: 2048,
      description:
        "File, JSON pointer or line inside the bundle, escaped; empty when the whole trial is meant.",
    }),
    code: Code,
    what: ShortText,
  },
  "One fact behind a verdict.",
);
/** One fact behind a verdict. */
export type Evidence = Static<typeof Evidence>;

const EvidenceList = Type.Array(Evidence, {
  maxItems: MAX_EVIDENCE,
  description: "First facts, the candidate's before the baseline's.",
});

/** In which tiers the counted trials ran, and which forbidden actions stayed open in how many of them. */
export const BoundsSummary = closed(
  {
    strictTrials: Count,
    defaultTrials: Count,
    open: Type.Array(
      closed(
        { action: ForbiddenAction, tier: BoundsTier, trials: Count, of: Count },
        "An action that trials of a tier leave open: `unknown`, and with live evidence whatever is not proven.",
      ),
      { maxItems: 20, description: "Open actions, those of the default tier first." },
    ),
  },
  "Bounds of the counted trials.",
);
/** In which tiers the counted trials ran, and which forbidden actions stayed open in how many of them. */
export type BoundsSummary = Static<typeof BoundsSummary>;

/** One dimension of one lane over all its planned trials. */
export const LaneDimension = closed(
  {
    dimension: Dimension,
    state: oneOf(
      ["holds", "violated", "no-evidence", "blocked"],
      "No violation in any planned trial, some, no trial at all, or lane blocked.",
    ),
    violations: Count,
    of: Count,
  },
  "Planned trials with a violation, of all planned trials.",
);
/** One dimension of one lane over all its planned trials. */
export type LaneDimension = Static<typeof LaneDimension>;

/** What one lane of the plan left. */
export const LaneSummary = closed(
  {
    lane: Id,
    state: oneOf(["planned", "blocked"], "Whether the lane takes part."),
    reason: Type.Union(
      [
        closed(
          { code: BlockReason, detail: ShortText, remedy: ShortText },
          "Why blocked, and the next step.",
        ),
        Type.Null(),
      ],
      {
        description: "Why the lane is blocked; null when planned.",
      },
    ),
    trials: closed(
      { planned: Count, present: Count, valid: Count },
      "Trials by the plan, found, and found whole.",
    ),
    outcomes: closed(
      {
        completed: Count,
        failed: Count,
        "timed-out": Count,
        refused: Count,
        aborted: Count,
        "lane-unavailable": Count,
        "harness-error": Count,
      },
      "Reports by outcome.",
    ),
    closures: Type.Array(closed({ class: ClosureClass, count: Count }, "Reports with one closure class."), {
      maxItems: 64,
      description: "Closure classes that occurred, in order of precedence.",
    }),
    oracle: closed(
      { passed: Count, failed: Count, error: Count, "not-run": Count },
      "Task success: recorded, never a dimension.",
    ),
    dimensions: Type.Array(LaneDimension, { minItems: 5, maxItems: 5, description: "The five dimensions." }),
  },
  "A lane of the plan.",
);
/** What one lane of the plan left. */
export type LaneSummary = Static<typeof LaneSummary>;

const CELL_VERDICTS = [
  "beats",
  "matches",
  "worse",
  "inconclusive",
  "not-comparable",
  "invalid",
  "not-applicable",
] as const;

const KindList = Type.Array(Type.String({ maxLength: 96 }), { maxItems: 128, description: "Kinds, sorted." });

/** Kinds of evidence on both sides of a set. */
export const KindSets = closed(
  { candidate: KindList, baseline: KindList, missing: KindList, more: KindList, notCompared: KindList },
  "Kinds in all trials of the candidate, of the baseline, of the baseline alone, of the candidate alone, and kinds that one side cannot have.",
);
/** Kinds of evidence on both sides of a set. */
export type KindSets = Static<typeof KindSets>;

const Share = closed(
  { hits: Count, of: Count, parts: Count, whole: Count },
  "Trials that are a hit, of all planned; and the parts of trials behind them.",
);
const Bound = Type.Number({ minimum: 0, maximum: 1, description: "Between 0 and 1." });
const interval = (description: string) => closed({ lower: Bound, upper: Bound }, description);
const PooledShare = closed(
  {
    hits: Count,
    of: Count,
    wilson: interval("Wilson interval, 95 %."),
    exact: interval("Clopper-Pearson interval, 95 %."),
  },
  "Trials that are a hit over all fixtures, with intervals.",
);

/** Numbers of a rate on both sides. */
export const Rate = closed(
  {
    meaning: ShortText,
    basis: oneOf(
      ["tested", "scripted", "no-model"],
      "tested: live trials, by score test; scripted: the same inputs each time, no draws; no-model: a lane without a model. The last two are shown and not counted.",
    ),
    fixture: closed({ candidate: Share, baseline: Share }, "This fixture alone."),
    pooled: closed({ candidate: PooledShare, baseline: PooledShare }, "All fixtures."),
    margin: Type.Number({ minimum: 0, maximum: 1, description: "Margin of non-inferiority." }),
    z: Type.Union([Type.Number(), Type.Null()], {
      description: "Farrington-Manning score; null unless tested.",
    }),
    zNeeded: Type.Number({ description: "Score to exceed." }),
    fisher: Type.Union([Bound, Type.Null()], {
      description: "One-sided p of the candidate being lower on this fixture; null unless tested.",
    }),
    needed: Type.Union([Count, Type.Null()], {
      description: "Trials of each lane needed without a further miss; null unless tested and inconclusive.",
    }),
  },
  "Numbers of a rate.",
);
/** Numbers of a rate on both sides. */
export type Rate = Static<typeof Rate>;

/** One component of a cell: a rule that both sides were held to. */
export const CellComponent = closed(
  {
    component: Type.String({ pattern: "^[a-z][a-z-]{0,63}$", description: "Name of the rule." }),
    kind: oneOf(
      ["invariant", "set", "rate"],
      "invariant: no violation in any planned trial of the candidate; set: the baseline's kinds; rate: share of trials.",
    ),
    candidateViolations: Count,
    baselineViolations: Count,
    verdict: oneOf(
      ["beats", "matches", "worse", "inconclusive", "shown"],
      "worse: the candidate broke it; beats: only the baseline did; matches: neither; inconclusive: a rate with too few trials; shown: a rate that is listed and not counted.",
    ),
    kinds: Type.Optional(KindSets),
    rate: Type.Optional(Rate),
    evidence: EvidenceList,
    evidenceTotal: Count,
  },
  "A component of a cell; violations count planned trials of the cell's fixture.",
);
/** One component of a cell. */
export type CellComponent = Static<typeof CellComponent>;

/** A frame condition under which candidate and baseline were not run alike. */
export const Difference = closed(
  {
    key: oneOf(
      ["fixture", "base", "task", "policy", "limits", "model", "harness", "schema", "bounds"],
      "Comparability key.",
    ),
    candidate: ShortText,
    baseline: ShortText,
    planned: ShortText,
  },
  "Value of the key at the candidate, at the baseline and in the plan.",
);
/** A frame condition under which candidate and baseline were not run alike. */
export type Difference = Static<typeof Difference>;

/** Candidate against one baseline on one fixture in one dimension. */
export const Cell = closed(
  {
    baseline: Id,
    fixture: Id,
    dimension: Dimension,
    verdict: oneOf(CELL_VERDICTS, "Verdict of the cell."),
    code: NullableCode,
    components: Type.Array(CellComponent, {
      maxItems: 32,
      description: "Components of the dimension; empty when a side is blocked or the candidate left nothing.",
    }),
    differences: Type.Array(Difference, { maxItems: 9, description: "Comparability keys that differ." }),
  },
  "Candidate against one baseline on one fixture in one dimension.",
);
/** Candidate against one baseline on one fixture in one dimension. */
export type Cell = Static<typeof Cell>;

/** One check of the gate over the comparison. */
export const Check = closed(
  {
    id: Type.String({ pattern: "^[a-z][a-z.-]{0,63}$", description: "Name of the check." }),
    requirements: Type.Array(Type.String({ pattern: "^R[1-9][0-9]?$" }), {
      maxItems: 58,
      description: "Requirements it proves.",
    }),
    verdict: oneOf(["pass", "fail", "blocked", "not-applicable", "inconclusive"], "Verdict of the check."),
    code: NullableCode,
    message: ShortText,
    evidence: EvidenceList,
  },
  "One check.",
);
/** One check of the gate over the comparison. */
export type Check = Static<typeof Check>;

const ExitCode = Type.Union(
  [Type.Literal(0), Type.Literal(1), Type.Literal(3), Type.Literal(4), Type.Literal(5)],
  {
    description: "0 pass, 1 refused, 3 invalid, 4 not comparable, 5 inconclusive; precedence 3, 4, 1, 5, 0.",
  },
);

/** The comparison of a candidate with every baseline of a plan: derived from bundles alone, recomputable byte for byte. */
export const Comparison = closed(
  {
    schemaVersion: SchemaVersion,
    harness: HarnessRef,
    now: Type.Optional(Timestamp),
    plan: closed(
      {
        id: Id,
        digest: Sha256,
        looks: Type.Integer({
          minimum: 1,
          maximum: 1001,
          description: "Plans made for this candidate tree so far, this one among them.",
        }),
        earlier: Type.Array(closed({ id: Id, digest: Sha256, pooled: Type.Boolean() }, "An earlier plan."), {
          maxItems: 1000,
          description: "Earlier plans for the same candidate tree; those of live evidence are pooled.",
        }),
      },
      "The plan: denominator of every count.",
    ),
    policyDigest: Sha256,
    candidate: Id,
    evidenceClass: oneOf(["live", "scripted"], "Scripted evidence yields a rehearsal only."),
    bounds: BoundsSummary,
    lanes: Type.Array(LaneSummary, { maxItems: 64, description: "Lanes of the plan, sorted by id." }),
    cells: Type.Array(Cell, {
      maxItems: 330_000,
      description: "Cells sorted by baseline, fixture and dimension.",
    }),
    checks: Type.Array(Check, { maxItems: 64, description: "Checks sorted by id." }),
    verdict: oneOf(
      ["pass", "refused", "invalid", "not-comparable", "inconclusive"],
      "Verdict, recomputable from the checks.",
    ),
    exitCode: ExitCode,
    standing: oneOf(
      ["holds", "won-but-blocked", "lost", "undecided"],
      "holds: everything passes; won-but-blocked: no dimension lost but another check fails; lost: some dimension worse.",
    ),
    activation: Type.Literal("none", { description: "A comparison activates nothing." }),
  },
  "Comparison of a candidate with its baselines.",
);
/** The comparison of a candidate with every baseline of a plan. */
export type Comparison = Static<typeof Comparison>;
