import {
  isSignedBy,
  readJournal,
  sha256,
  wentThrough,
  writeStrictBytes,
  type Id,
  type JournalEntry,
  type JournalKind,
  type JournalPoint,
  type ReadJournal,
  type Sha256,
} from "@stage6/evidence-interface";
import type { KeyRole, Revocation, TrustedMachines } from "@stage6/eligibility";
import type { RootFinding } from "../root-finding.ts";
import { ROOT_FILES } from "../root-files.ts";

/** A document that counts, as it lies in the root now. */
export interface CountedDocument {
  readonly kind: JournalKind;
  readonly path: string;
  readonly sha256: Sha256;
}

/** A point of the journal that a signed document or this user saw. */
export interface SeenPoint {
  /** Who saw it: the path of a document, or null for this user. */
  readonly file: string | null;
  readonly point: JournalPoint;
}

/** What a journal is checked against. */
export interface JournalInput {
  /** The bytes; null when there is no journal. */
  readonly bytes: Uint8Array | null;
  readonly harness: Id;
  readonly machines: TrustedMachines;
  readonly documents: readonly CountedDocument[];
  readonly seen: readonly SeenPoint[];
  /** Digest of a file of the root that is no counted document of this judgement; null when it cannot be read. */
  readonly digestOf: (path: string) => Promise<Sha256 | null>;
}

/** A journal as it was checked. */
export interface CheckedJournal {
  readonly findings: readonly RootFinding[];
  /** How far it goes; null when it is no chain. */
  readonly point: JournalPoint | null;
}

const FILE = ROOT_FILES.journal;
const BY_COMPARATOR: ReadonlySet<JournalKind> = new Set(["proof", "record"]);

/** Roles whose keys may sign a line: the comparator what it derives, the runner all else; where the runner's key is lost, the comparator stands in. */
export const journalRoles = (kind: JournalKind): readonly KeyRole[] =>
  BY_COMPARATOR.has(kind) ? ["comparator"] : ["runner", "comparator"];

/**
 * Checks the journal: one chain for this harness, each line signed by a key that may, each document of it still there and
 * the same, no document beside it, and every point that somebody saw on its way. Then nothing that counts was taken away,
 * cut or replaced since.
 */
export async function checkJournal(input: JournalInput): Promise<CheckedJournal> {
  const documents = [...input.documents, ...revocationDocuments(input.machines.revocations)];
  if (input.bytes === null && documents.length === 0 && input.seen.length === 0)
    return { findings: [], point: { entries: 0, head: null } };
  const journal = readJournal(input.bytes ?? Buffer.of());
  if (!journal.ok)
    return {
      findings: [{ code: "JOURNAL_BROKEN", rule: journal.rule, file: FILE, found: `line ${journal.line}` }],
      point: null,
    };
  return {
    findings: [
      ...rolledBack(journal, input.seen),
      ...unsigned(journal.entries, input),
      ...(await changed(journal.entries, documents, input)),
      ...unlisted(journal.entries, documents, input.bytes === null),
    ],
    point: journal.point,
  };
}

/** Each line of the list of revocations but its first, as a document of its own. */
export function revocationDocuments(revocations: readonly Revocation[]): CountedDocument[] {
  return revocations.slice(1).map((line) => ({
    kind: "revocation",
    path: `${ROOT_FILES.revocations}#${line.seq}`,
    sha256: sha256(writeStrictBytes(line)),
  }));
}

function rolledBack(
  journal: Extract<ReadJournal, { readonly ok: true }>,
  seen: readonly SeenPoint[],
): RootFinding[] {
  return seen
    .filter(({ point }) => !wentThrough(journal, point))
    .map(({ file, point }) => ({
      code: "JOURNAL_ROLLED_BACK",
      rule: file === null ? "remembered" : "signed",
      file: file ?? FILE,
      found: `${journal.point.entries} lines, the last ${journal.point.head ?? "none"}`,
      expected: `line ${point.entries} to be ${point.head ?? "none"}, as it was seen before`,
    }));
}

function unsigned(entries: readonly JournalEntry[], { machines, harness }: JournalInput): RootFinding[] {
  const findings: RootFinding[] = [];
  const keys = new Map(machines.keys.map((key) => [key.keyId, key]));
  const revoked = new Set<string>();
  for (const entry of entries) {
    const broken = (rule: string, expected: string, found: string): void =>
      void findings.push({
        code: "JOURNAL_BROKEN",
        rule,
        file: FILE,
        found: `line ${entry.seq + 1}: ${found}`,
        expected,
      });
    const key = keys.get(entry.keyId);
    if (entry.harness !== harness) broken("harness", `lines of ${harness}`, entry.harness);
    else if (key === undefined) broken("signer", "a key of trust/keys.json", entry.keyId);
    else if (!journalRoles(entry.kind).includes(key.role))
      broken("role", `a key of the role ${journalRoles(entry.kind).join(" or ")}`, key.role);
    else if (entry.at < key.validFrom || entry.at > key.validUntil)
      broken("window", `a key valid from ${key.validFrom} to ${key.validUntil}`, entry.at);
    else if (revoked.has(entry.keyId))
      broken("revoked-key", "a key that was not revoked before", entry.keyId);
    else if (!isSignedBy(entry, key.key)) broken("signature", "the signature of the key", entry.keyId);
    if (entry.kind !== "revocation") continue;
    const line = machines.revocations[Number(entry.path.slice(entry.path.indexOf("#") + 1))];
    if (line?.kind === "key") revoked.add(line.id);
  }
  return findings;
}

async function changed(
  entries: readonly JournalEntry[],
  documents: readonly CountedDocument[],
  { digestOf }: JournalInput,
): Promise<RootFinding[]> {
  const there = new Map(documents.map((document) => [document.path, document.sha256]));
  const findings: RootFinding[] = [];
  for (const { path, sha256: expected, kind, seq } of entries) {
    const isLine = path.includes("#");
    const found = there.get(path) ?? (isLine ? null : await digestOf(path));
    if (found === expected) continue;
    findings.push({
      code: "JOURNAL_DOCUMENT",
      rule: found === null ? "gone" : "changed",
      file: path,
      found: found ?? "nothing",
      expected: `the ${kind} of line ${seq + 1} of the journal, ${expected}`,
    });
  }
  return findings;
}

function unlisted(
  entries: readonly JournalEntry[],
  documents: readonly CountedDocument[],
  absent: boolean,
): RootFinding[] {
  const listed = new Set(entries.map(({ path }) => path));
  const left = documents.filter(({ path }) => !listed.has(path));
  if (absent && left.length > 0)
    return [
      {
        code: "JOURNAL_MISSING",
        rule: "absent",
        file: FILE,
        expected: `a journal of ${left.length} documents`,
      },
    ];
  return left.map(({ path, kind }) => ({
    code: "JOURNAL_UNLISTED",
    rule: "unlisted",
    file: path,
    expected: `a line of the journal for this ${kind}`,
  }));
}
