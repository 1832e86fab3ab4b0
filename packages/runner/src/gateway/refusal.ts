import type { ReadBody } from "./read-body.ts";
import type { RequestFacts } from "./request-facts.ts";

/** Why a request is not forwarded: the HTTP status and the words for the client. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Judges a request; null when it may be forwarded. A body that cannot be read is refused: nobody could say what it offers. */
export const refusalOf = (
  facts: RequestFacts,
  read: ReadBody,
  overLimit: boolean,
  fixedNames: readonly string[],
): Refusal | null => {
  if (overLimit) return { status: 429, message: "The trial's limit of model requests is reached." };
  if (facts.api === null || (facts.fixed !== null && !fixedNames.includes(facts.fixed)))
    return { status: 403, message: "This path is not forwarded." };
  // The only form in which fixed answers are given.
  if (facts.fixed !== null && facts.api !== "chat")
    return { status: 403, message: "This path is not forwarded." };
  if (read.state === "too-large") return { status: 413, message: "The request body is too large." };
  if (!facts.readable) return { status: 400, message: "The request body is not a JSON object." };
  return null;
};
