import { Comparison } from "@stage6/comparator";
import { Count, JournalPoint, Sha256, ShortText, Timestamp } from "@stage6/evidence-interface";
import { Coverage } from "@stage6/failure-matrix";
import Type, { type Static, type TProperties } from "typebox";
import { GateCheck } from "./gate-check.ts";
import { RootInput } from "./root-input.ts";

const closed = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });

/** The tool that judged. */
export const GateTool = closed(
  {
    name: ShortText,
    version: ShortText,
    sourceDigest: Type.Union([Sha256, Type.Null()], {
      description: "Digest of the tool's own files; null when it is not known.",
    }),
  },
  "The tool that judged.",
);
/** The tool that judged. */
export type GateTool = Static<typeof GateTool>;

/** Result of judging a harness root: the same for the same root, plan, tool and time. */
export const GateResult = closed(
  {
    schemaVersion: Type.Literal("1.0", { description: "Version of this document's schema." }),
    tool: GateTool,
    command: Type.Literal("validate", { description: "Command that made the result." }),
    verdict: Type.Union(
      [
        Type.Literal("pass"),
        Type.Literal("refused"),
        Type.Literal("invalid"),
        Type.Literal("not-comparable"),
        Type.Literal("inconclusive"),
        Type.Literal("error"),
      ],
      { description: "Verdict, recomputable from the checks." },
    ),
    exitCode: Type.Union(
      [Type.Literal(0), Type.Literal(1), Type.Literal(3), Type.Literal(4), Type.Literal(5), Type.Literal(70)],
      {
        description:
          "0 pass, 1 refused, 3 invalid, 4 not comparable, 5 inconclusive, 70 internal error; precedence 70, 3, 4, 1, 5, 0.",
      },
    ),
    now: Timestamp,
    harnessRoot: closed({ digest: Sha256 }, "SHA-256 over the canonical bytes of `inputs`."),
    policy: Type.Union([closed({ digest: Sha256 }, "Policy in force."), Type.Null()], {
      description: "Policy in force; null when there is none to use.",
    }),
    plan: Type.Union(
      [closed({ id: Type.String({ maxLength: 64 }), digest: Sha256 }, "Plan judged."), Type.Null()],
      { description: "Plan judged; null when there is none." },
    ),
    journal: Type.Union([JournalPoint, Type.Null()], {
      description: "How far the journal goes; null when it does not hold.",
    }),
    inputs: Type.Array(RootInput, { description: "Files that were read, sorted by path." }),
    checks: Type.Array(GateCheck, { description: "Checks sorted by id." }),
    comparison: Type.Optional(Comparison),
    matrix: Type.Union([Coverage.properties.counts, Type.Null()], {
      description: "Counts of the failure matrix; null when it could not be judged.",
    }),
    counts: closed(
      {
        plans: Count,
        trials: closed(
          { planned: Count, present: Count, invalid: Count, missing: Count, extra: Count },
          "Trials of the plan judged.",
        ),
        lostAttempts: Count,
        findings: Count,
        checks: closed({ passed: Count, failed: Count }, "Checks that pass, and all others."),
      },
      "Counts.",
    ),
    activation: Type.Literal("none", { description: "A result activates nothing." }),
  },
  "Result of judging a harness root.",
);
/** Result of judging a harness root. */
export type GateResult = Static<typeof GateResult>;
