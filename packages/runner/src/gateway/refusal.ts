import type { RefusalCode } from "@stage6/evidence-interface";
import type { ReadBody } from "./read-body.ts";
import type { RequestFacts } from "./request-facts.ts";

/** Why a request is not forwarded: its code in the evidence, the HTTP status and the words for the client. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly status: number;
  readonly message: string;
}

/** What a request is judged against. */
export interface RefusalRules {
  readonly overLimit: boolean;
  readonly plannedModel: string;
  /** Names of the fixed answers. */
  readonly fixedNames: readonly string[];
}

const refusal = (code: RefusalCode, status: number, message: string): Refusal => ({ code, status, message });

const unclear = ({ body, model, features }: RequestFacts, plannedModel: string): Refusal | null => {
  if (body === "ambiguous")
    return refusal("BODY_AMBIGUOUS", 400, "The request body names a key twice, or in another spelling.");
  if (body === "unreadable") return refusal("BODY_UNREADABLE", 400, "The request body is not a JSON object.");
  if (model === null) return refusal("MODEL_MISSING", 400, "The request body names no model.");
  if (model !== plannedModel)
    return refusal("MODEL_OTHER", 400, "The request body names another model than the trial's.");
  if (features.length > 0)
    return refusal("PROVIDER_FEATURE", 400, `Not forwarded: ${features.slice(0, 16).join(", ")}.`);
  return null;
};

/** Judges a request; null when it may be forwarded: its body can be read in one way only, and asks the planned model and nothing else. */
export const refusalOf = (
  facts: RequestFacts,
  read: ReadBody,
  { overLimit, plannedModel, fixedNames }: RefusalRules,
): Refusal | null => {
  if (overLimit) return refusal("REQUEST_LIMIT", 429, "The trial's limit of model requests is reached.");
  const known = facts.fixed === null || (facts.api === "chat" && fixedNames.includes(facts.fixed));
  if (facts.api === null || !known) return refusal("PATH_CLOSED", 403, "This path is not forwarded.");
  if (read.state === "too-large") return refusal("BODY_TOO_LARGE", 413, "The request body is too large.");
  return facts.api === "models" ? null : unclear(facts, plannedModel);
};
