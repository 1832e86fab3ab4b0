import {
  parseStrictBytes,
  sha256,
  validateDocument,
  type Sha256,
  type Timestamp,
} from "@stage6/evidence-interface";
import type { Ledger } from "../ledger/check-ledger.ts";
import { problemIn, type Problem } from "../problem.ts";
import type { ProofRecord } from "../proof/check-proof.ts";
import type { RawFile } from "../raw-file.ts";
import { ACCEPTANCE_NAMESPACE } from "../trust/allowed-signers.ts";
import { checkSshSignature } from "../trust/check-ssh-signature.ts";
import { isRevoked } from "../trust/revocation.ts";
import type { TrustRoot } from "../trust/trust-root.ts";
import { Acceptance } from "./acceptance.ts";

/** An acceptance as it lies below acceptances/<proof digest>/: the document and its detached signature. */
export interface AcceptanceFiles {
  readonly document: RawFile;
  readonly signature: RawFile | null;
}

/** An acceptance that holds. */
export interface AcceptanceRecord {
  readonly acceptance: Acceptance;
  /** SHA-256 of the document's bytes. */
  readonly digest: Sha256;
  readonly operator: string;
}

/** What acceptances are held against. */
export interface AcceptanceInput {
  /** Every acceptance that lies below the folder of the proof. */
  readonly acceptances: readonly AcceptanceFiles[];
  readonly proof: ProofRecord;
  readonly trust: TrustRoot;
  readonly ledger: Ledger;
  /** Lanes of the plan: none of them is an operator. */
  readonly lanes: readonly string[];
  /** `record`: a record is about to be written, so that an acceptance already in the ledger is a replay. */
  readonly purpose: "judge" | "record";
  readonly now: Timestamp;
}

/**
 * Checks the acceptances of one proof. Every one that is there has to hold, so that neither a rejection nor a forgery
 * can be outvoted; the first of them by time is the one that is recorded.
 */
export function checkAcceptance(input: AcceptanceInput): {
  readonly record: AcceptanceRecord | null;
  readonly problems: readonly Problem[];
} {
  const read = input.acceptances.map((files) => checkOne(files, input));
  const problems = read.flatMap((one) => one.problems);
  if (read.length === 0)
    problems.push(
      problemIn(
        "acceptances",
        "ACCEPTANCE_MISSING",
        "missing",
        `no acceptance of the proof ${input.proof.digest}`,
      ),
    );
  const records = read.flatMap(({ record }) => record ?? []);
  const [first] = records.toSorted((a, b) => (a.acceptance.acceptedAt < b.acceptance.acceptedAt ? -1 : 1));
  return { record: problems.length === 0 ? (first ?? null) : null, problems };
}

function checkOne(
  { document, signature }: AcceptanceFiles,
  { proof, trust, ledger, lanes, purpose, now }: AcceptanceInput,
): { readonly record: AcceptanceRecord | null; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const add = (code: string, rule: string, expected: string, found?: string): void =>
    void problems.push(problemIn(document.path, code, rule, expected, found));
  const acceptance = readAcceptance(document);
  if (typeof acceptance === "string") {
    add("ACCEPTANCE_SIGNATURE", "document", "expected an acceptance in canonical JSON", acceptance);
    return { record: null, problems };
  }
  const digest = sha256(document.bytes);
  const { operator, acceptedAt } = acceptance;
  const { challenge, finishedAt } = proof.statement.predicate;
  if (lanes.includes(operator.slice("operator:".length)))
    add("OPERATOR_IS_LANE", "name", "expected an operator that is no lane", operator);
  const { signer, problems: signing } = checkSshSignature(
    { file: document, signature, namespace: ACCEPTANCE_NAMESPACE, principal: operator, signedAt: acceptedAt },
    trust,
    now,
    "ACCEPTANCE_SIGNATURE",
  );
  problems.push(...signing);
  if (acceptance.proofDigest !== proof.digest)
    add("ACCEPTANCE_OTHER_PROOF", "proof", `expected the proof ${proof.digest}`, acceptance.proofDigest);
  if (acceptance.challenge !== challenge)
    add("ACCEPTANCE_CHALLENGE", "challenge", "expected the challenge of the proof", acceptance.challenge);
  if (acceptedAt <= finishedAt)
    add("ACCEPTANCE_BEFORE_PROOF", "order", `expected a time after ${finishedAt}`, acceptedAt);
  if (acceptedAt > now) add("ACCEPTANCE_FUTURE", "order", `expected a time not after ${now}`, acceptedAt);
  if (acceptance.decision !== "accepted")
    add("ACCEPTANCE_REJECTED", "decision", "expected the decision accepted", acceptance.decision);
  if (isRevoked(trust, "acceptance", digest))
    add("ACCEPTANCE_REVOKED", "revoked", "expected an acceptance that was not revoked", digest);
  const uses = ledger.entries.filter((entry) => entry.acceptanceDigest === digest);
  if (uses.some((entry) => entry.proofDigest !== proof.digest) || (purpose === "record" && uses.length > 0))
    add("ACCEPTANCE_REPLAY", "ledger", "expected an acceptance that was not recorded before", digest);
  return { record: signer === null ? null : { acceptance, digest, operator }, problems };
}

function readAcceptance({ bytes }: RawFile): Acceptance | string {
  const json = parseStrictBytes(bytes, 65_536);
  if (!json.ok) return json.rule;
  const checked = validateDocument(Acceptance, json.value);
  return checked.ok ? checked.value : (checked.errors[0]?.pointer ?? "schema");
}
