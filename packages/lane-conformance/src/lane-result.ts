import { STATEMENT_TYPE } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import Type, { type Static } from "typebox";
import type { RuleResult } from "./check-rule.ts";

/** Predicate type of a test result (in-toto attestation framework, test-result v0.1). */
export const TEST_RESULT_PREDICATE = "https://in-toto.io/attestation/test-result/v0.1";

const Text = (description: string) => Type.String({ minLength: 1, maxLength: 256, description });
const Digest = Type.Object(
  { sha256: Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256, lower-case hex." }) },
  { additionalProperties: false, description: "Digest of the exact bytes." },
);
const rules = (description: string) =>
  Type.Array(Text("Id of a rule."), { maxItems: 256, uniqueItems: true, description });

/** Which lane package kept which rules: an in-toto statement with the standard test-result predicate, to be signed. */
export const LaneResult = Type.Object(
  {
    _type: Type.Literal(STATEMENT_TYPE),
    subject: Type.Array(
      Type.Object(
        {
          name: Text("File name of the packed lane package."),
          digest: Digest,
          annotations: Type.Object(
            {
              package: Text("Name of the package."),
              packageVersion: Text("Version of the package."),
              lane: Text("Id of the lane."),
              adapterVersion: Text("Version that the lane states of itself."),
              contractVersion: Type.Integer({ minimum: 1, description: "Lane contract it was written for." }),
            },
            { additionalProperties: false, description: "What the package holds." },
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1, description: "The packed lane package, from which the lane was loaded." },
    ),
    predicateType: Type.Literal(TEST_RESULT_PREDICATE),
    predicate: Type.Object(
      {
        result: Type.Union([Type.Literal("PASSED"), Type.Literal("FAILED")], {
          description: "PASSED only when no rule failed.",
        }),
        configuration: Type.Array(
          Type.Union([
            Type.Object(
              { name: Text("Path of a sample's stream below the folder of samples."), digest: Digest },
              { additionalProperties: false },
            ),
            Type.Object(
              { name: Text("The kit."), uri: Text("Package URL of the kit, with its version.") },
              { additionalProperties: false },
            ),
          ]),
          { minItems: 2, maxItems: 4096, description: "The kit, and every stream that the rules looked at." },
        ),
        passedTests: rules("Rules that the lane kept, and that rejected the same lane with a fault."),
        failedTests: rules("Rules that the lane broke."),
      },
      { additionalProperties: false, description: "in-toto test-result predicate." },
    ),
  },
  { additionalProperties: false, description: "Signed result of the conformance kit for one lane package." },
);
export type LaneResult = Static<typeof LaneResult>;

/** What a result is about. */
export interface LaneResultInput {
  readonly lane: Lane;
  readonly results: readonly RuleResult[];
  /** The packed package: file name, name and version of its manifest, SHA-256 as hex. */
  readonly pack: {
    readonly file: string;
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  };
  /** Streams of the samples by path, SHA-256 as hex. */
  readonly streams: readonly { readonly path: string; readonly sha256: string }[];
  /** Package URL of the kit (https://github.com/package-url/purl-spec). */
  readonly kit: string;
}

/** The statement to be signed. A result without a rule or without a sample is FAILED: nothing was looked at. */
export function deriveLaneResult({ lane, results, pack, streams, kit }: LaneResultInput): LaneResult {
  const ids = (passed: boolean) =>
    results.filter(({ findings }) => (findings.length === 0) === passed).map(({ rule }) => rule);
  const failedTests = ids(false);
  const looked = results.length > 0 && streams.length > 0;
  return {
    _type: STATEMENT_TYPE,
    subject: [
      {
        name: pack.file,
        digest: { sha256: pack.sha256 },
        annotations: {
          package: pack.name,
          packageVersion: pack.version,
          lane: lane.id,
          adapterVersion: lane.adapterVersion,
          contractVersion: lane.contractVersion,
        },
      },
    ],
    predicateType: TEST_RESULT_PREDICATE,
    predicate: {
      result: looked && failedTests.length === 0 ? "PASSED" : "FAILED",
      configuration: [
        { name: "lane-conformance", uri: kit },
        ...streams.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
      ],
      passedTests: ids(true),
      failedTests,
    },
  };
}
