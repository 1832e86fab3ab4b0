import { oneOf } from "./one-of.ts";

/** What a tree is that the operator protects: it must come out of every trial as it went in. */
export const PROTECTED_KINDS = ["core", "vendor", "repository", "home"] as const;

/** Kind of a tree that the operator protects. */
export const ProtectedKind = oneOf(
  PROTECTED_KINDS,
  "core: the operator's Core; vendor: vendor source; repository: another repository; home: a home folder.",
);
/** Kind of a tree that the operator protects. */
export type ProtectedKind = (typeof PROTECTED_KINDS)[number];
