import {
  CLOSURE_CLASSES,
  ForbiddenAction,
  Id,
  oneOf,
  PathRule,
  type ClosureClass,
} from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { Injector } from "./injector.ts";
import { Layer } from "./layer.ts";

const shut = { additionalProperties: false } as const;

/** Id of a row: F and two or three digits. */
export const RowId = Type.String({ pattern: "^F[0-9]{2,3}$", description: "Id of a row." });
export type RowId = Static<typeof RowId>;

/** Reason code in an expectation or a finding. */
export const ReasonCode = Type.String({ pattern: "^[A-Z][A-Z0-9_]{2,63}$", description: "Reason code." });

/** How the bad state has to end: a closure with what the report must hold besides, or the codes that a reader must give. */
export const Expected = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal("closure"),
        closure: oneOf(CLOSURE_CLASSES, "Class that has to name the closure."),
        or: Type.Optional(
          Type.Object(
            {
              closure: oneOf(CLOSURE_CLASSES, "The other class."),
              why: Type.String({ minLength: 40, maxLength: 1000, description: "Why it closes the row too." }),
            },
            { ...shut, description: "Another honest way to end, for some versions of the lanes." },
          ),
        ),
        also: Type.Optional(
          Type.Array(oneOf(CLOSURE_CLASSES, "A class."), {
            maxItems: 8,
            description: "Classes that must be among the others.",
          }),
        ),
        attempted: Type.Optional(
          Type.Array(ForbiddenAction, {
            maxItems: 10,
            description: "Forbidden actions that must be counted as attempted.",
          }),
        ),
        rules: Type.Optional(
          Type.Array(PathRule, {
            maxItems: 10,
            description: "Path rules of which a violation must be listed.",
          }),
        ),
      },
      { ...shut, description: "A closure." },
    ),
    Type.Object(
      {
        kind: Type.Literal("codes"),
        codes: Type.Array(ReasonCode, {
          minItems: 1,
          maxItems: 16,
          description: "Codes that must all be given.",
        }),
      },
      { ...shut, description: "Codes." },
    ),
  ],
  { description: "How the bad state has to end." },
);
export type Expected = Static<typeof Expected>;

/** The closures that an expectation takes: one, or a second that is as honest. */
export function closuresOf({ closure, or }: Extract<Expected, { kind: "closure" }>): readonly ClosureClass[] {
  return or === undefined ? [closure] : [closure, or.closure];
}

/** One way to bring a row's bad state about on some lanes. */
export const Way = Type.Object(
  {
    layer: Layer,
    lanes: Type.Array(Id, { minItems: 1, maxItems: 16, description: "Lanes that can be driven so, sorted." }),
    injector: Injector,
    expected: Expected,
  },
  { ...shut, description: "A way to bring the bad state about." },
);
export type Way = Static<typeof Way>;

/** A known bad state. It carries no status: whether it is covered stands in the coverage alone. */
export const FailureRow = Type.Object(
  {
    id: RowId,
    title: Type.String({ minLength: 1, maxLength: 120, description: "The bad state, one line." }),
    cause: Type.String({
      minLength: 40,
      maxLength: 2000,
      description: "What goes wrong and why it matters, one paragraph.",
    }),
    requirements: Type.Array(Type.String({ pattern: "^R[1-9][0-9]?$" }), {
      minItems: 1,
      maxItems: 58,
      description: "Requirements that the row serves.",
    }),
    ways: Type.Array(Way, { minItems: 1, maxItems: 8, description: "Ways to bring it about." }),
    undrivable: Type.Array(
      Type.Object(
        { lane: Id, why: Type.String({ minLength: 40, maxLength: 1000, description: "Why not, in words." }) },
        { ...shut, description: "A lane that cannot be driven into the row." },
      ),
      { maxItems: 16, description: "Lanes of the comparison that cannot be driven into it, sorted." },
    ),
  },
  { ...shut, description: "A known bad state." },
);
export type FailureRow = Static<typeof FailureRow>;

/** The ways of a row that a lane has to have evidence of. */
export function waysFor(row: FailureRow, lane: string): readonly Way[] {
  return row.ways.filter(({ lanes }) => lanes.includes(lane));
}
