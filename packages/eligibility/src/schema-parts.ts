import { STATEMENT_TYPE } from "@stage6/evidence-interface";
import Type, { type TLiteral, type TObject, type TProperties, type TSchema } from "typebox";

/** A closed object. */
export const closed = <P extends TProperties>(properties: P, description: string): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, description });

/** Git object id of a tree, SHA-1 or SHA-256. */
export const GitTree = Type.String({
  pattern: "^([0-9a-f]{40}|[0-9a-f]{64})$",
  description: "Git object id of a tree.",
});

/** The 64 hex digits of a SHA-256, as in-toto writes it. */
export const HexSha256 = Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256, hex." });

/** Literals that every record of the gate carries: it switches nothing on and holds for this harness alone. */
export const AUTHORITY = {
  activation: Type.Literal("none", { description: "Activates nothing." }),
  enabledByDefault: Type.Literal(false, { description: "The candidate stays off by default." }),
  scope: Type.Literal("child-local", { description: "Holds for this harness alone." }),
  mutationScope: Type.Literal("scoped-real-repo", {
    description: "What a lane may change, and nothing else.",
  }),
} as const;

/** The values of {@link AUTHORITY}. */
export const NO_AUTHORITY = {
  activation: "none",
  enabledByDefault: false,
  scope: "child-local",
  mutationScope: "scoped-real-repo",
} as const;

/** An in-toto Statement v1 with one type of subject and predicate. */
export const statementOf = <S extends TSchema, U extends string, P extends TSchema>(
  predicateType: U,
  subject: S,
  predicate: P,
  description: string,
): TObject<{
  _type: TLiteral<typeof STATEMENT_TYPE>;
  subject: S;
  predicateType: TLiteral<U>;
  predicate: P;
}> =>
  closed(
    { _type: Type.Literal(STATEMENT_TYPE), subject, predicateType: Type.Literal(predicateType), predicate },
    description,
  );
