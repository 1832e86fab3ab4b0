import type { KeyObject } from "node:crypto";
import {
  checkDocument,
  formatFinding,
  keyId,
  parseStrictBytes,
  readEd25519Key,
  type Sha256,
  type Timestamp,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { readChainedLines } from "@stage6/evidence-interface";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { sshFingerprint } from "../ssh/ssh-public-key.ts";
import { parseAllowedSigners, type AllowedSigner } from "./allowed-signers.ts";
import { checkFounder, type TrustAnchor } from "./check-founder.ts";
import { TrustedKeyFile, type KeyRole } from "./key-file.ts";
import { isRevoked, Revocation } from "./revocation.ts";

/** The files of `trust/`, as they lie there. */
export interface TrustFiles {
  readonly keys: RawFile | null;
  readonly allowedSigners: RawFile | null;
  readonly revocations: RawFile | null;
  /** root.json: what the founder vouches for. */
  readonly root: RawFile | null;
  readonly rootSignature: RawFile | null;
}

/** A key of keys.json, opened. */
export interface TrustedKey {
  readonly keyId: Sha256;
  readonly role: KeyRole;
  readonly key: KeyObject;
  readonly validFrom: Timestamp;
  readonly validUntil: Timestamp;
}

/** A trust root without a trap. */
export interface TrustRoot {
  readonly keys: readonly TrustedKey[];
  readonly signers: readonly AllowedSigner[];
  readonly revocations: readonly Revocation[];
}

const FILES = {
  keys: "trust/keys.json",
  allowedSigners: "trust/allowed_signers",
  revocations: "trust/revocations.jsonl",
} as const;

/**
 * Opens the trust root. Every trap is TRUST_ROOT_UNSAFE, and with a single one nothing is trusted: `trust` is null. A
 * missing or empty file is a trap, because ssh-keygen would take an empty revocation file for "nothing is revoked". A root
 * without a trap still has to be the founder's: TRUST_ROOT_UNSIGNED or FOUNDER_UNKNOWN; one that nobody founded yet has no
 * operator: OPERATOR_UNKNOWN.
 */
export function checkTrustRoot(
  files: TrustFiles,
  anchor: TrustAnchor,
): {
  readonly trust: TrustRoot | null;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const unsafe = (file: string, rule: string, expected: string, found?: string): void =>
    void problems.push(problemIn(file, "TRUST_ROOT_UNSAFE", rule, expected, found));
  const keys = openKeys(files.keys, unsafe);
  // A root that nobody founded yet is no trap: its first operator is still to come.
  const unfounded = files.allowedSigners === null && files.root === null && files.rootSignature === null;
  if (unfounded)
    problems.push(problemIn(FILES.allowedSigners, "OPERATOR_UNKNOWN", "missing", "no operator may sign yet"));
  const signers = unfounded ? [] : openSigners(files.allowedSigners, unsafe);
  const revocations = openRevocations(files.revocations, unsafe);
  checkRoles(keys, signers, unsafe);
  const trust = { keys, signers, revocations };
  if (problems.length === 0) problems.push(...checkFounder(files, trust, anchor));
  return { trust: problems.length === 0 ? trust : null, problems };
}

type Unsafe = (file: string, rule: string, expected: string, found?: string) => void;

function openKeys(file: RawFile | null, unsafe: Unsafe): TrustedKey[] {
  if (file === null) {
    unsafe(FILES.keys, "missing", "the key file is missing");
    return [];
  }
  const json = parseStrictBytes(file.bytes);
  if (!json.ok) {
    unsafe(file.path, json.rule, "expected canonical JSON", json.found);
    return [];
  }
  const { value, findings } = checkDocument(TrustedKeyFile, json.value, file.path);
  for (const finding of findings) unsafe(file.path, "schema", formatFinding(finding));
  const seen = new Set<string>();
  return (value?.keys ?? []).flatMap((entry, at): TrustedKey[] => {
    const where = `key ${at}`;
    const key = readKey(entry.publicKey);
    if (key === null) {
      unsafe(file.path, "key", `${where}: expected an Ed25519 public key in SPKI PEM`);
      return [];
    }
    const id = keyId(key);
    if (id !== entry.keyId) unsafe(file.path, "key-id", `${where}: expected keyId ${id}`, entry.keyId);
    if (seen.has(id)) unsafe(file.path, "one-role", `${where}: each key stands once, with one role`, id);
    seen.add(id);
    if (!(Date.parse(entry.validFrom) < Date.parse(entry.validUntil)))
      unsafe(file.path, "validity-empty", `${where}: validFrom has to lie before validUntil`);
    return [{ ...entry, keyId: id, key }];
  });
}

function readKey(pem: string): KeyObject | null {
  try {
    return readEd25519Key(pem, "public");
  } catch {
    return null;
  }
}

function openSigners(file: RawFile | null, unsafe: Unsafe): readonly AllowedSigner[] {
  if (file === null || file.bytes.length === 0) {
    unsafe(FILES.allowedSigners, file === null ? "missing" : "empty", "no operator may sign anything");
    return [];
  }
  const text = Buffer.from(file.bytes).toString("latin1");
  const { signers, traps } = parseAllowedSigners(text);
  for (const { rule, line, found } of traps)
    unsafe(
      file.path,
      rule,
      `line ${line}: expected one operator:<name>, one namespace, both bounds and an Ed25519 key`,
      found,
    );
  if (signers.length === 0 && traps.length === 0) unsafe(file.path, "empty", "no operator may sign anything");
  return signers;
}

function openRevocations(file: RawFile | null, unsafe: Unsafe): readonly Revocation[] {
  const expected = "expected a chain of revocations that begins with a line of kind opened";
  if (file === null || file.bytes.length === 0) {
    unsafe(FILES.revocations, file === null ? "missing" : "empty", expected);
    return [];
  }
  const read = readChainedLines(Revocation, file.bytes, (line) => line);
  if (!read.ok) {
    unsafe(file.path, read.rule, `line ${read.line}: ${expected}`);
    return [];
  }
  if (
    read.lines.some(
      ({ kind, id }, at) => (kind === "opened") !== (at === 0) || (kind === "opened") !== (id === "none"),
    )
  )
    unsafe(file.path, "opened", expected);
  return read.lines;
}

/** A key is one person's or one machine's: a key of keys.json that also signs over SSH must be an operator's, and an operator's must. */
function checkRoles(keys: readonly TrustedKey[], signers: readonly AllowedSigner[], unsafe: Unsafe): void {
  const signing = new Map(signers.map((signer) => [keyId(signer.key.key), signer]));
  for (const { keyId: id, role } of keys) {
    const signer = signing.get(id);
    if (signer !== undefined && role !== "operator")
      unsafe(FILES.allowedSigners, "two-roles", `line ${signer.line}: the key is also a ${role} key`, id);
    if (signer === undefined && role === "operator")
      unsafe(FILES.keys, "operator-key", "an operator's key has to stand in allowed_signers", id);
  }
}

/** The keys of a trust root and what was revoked, without its operators: all that is needed to open envelopes. */
export type TrustedMachines = Pick<TrustRoot, "keys" | "revocations">;

/**
 * Opens keys.json and the revocation list alone, for a root that has no founder yet. Every trap is TRUST_ROOT_UNSAFE, and
 * with a single one `machines` is null.
 */
export function openMachines(files: Pick<TrustFiles, "keys" | "revocations">): {
  readonly machines: TrustedMachines | null;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const unsafe: Unsafe = (file, rule, expected, found) =>
    void problems.push(problemIn(file, "TRUST_ROOT_UNSAFE", rule, expected, found));
  const machines = {
    keys: openKeys(files.keys, unsafe),
    revocations: openRevocations(files.revocations, unsafe),
  };
  return { machines: problems.length === 0 ? machines : null, problems };
}

/** Keys of one role that are valid at a moment and not revoked: the one way to keys that envelopes are opened with. */
export function trustedKeysOf(trust: TrustedMachines, role: KeyRole, at: Timestamp): TrustedKeys {
  const moment = Date.parse(at);
  return new Map(
    trust.keys
      .filter((one) => one.role === role && !isRevoked(trust, "key", one.keyId))
      .filter((one) => !isRevoked(trust, "key", sshFingerprint(one.key)))
      .filter((one) => Date.parse(one.validFrom) <= moment && moment <= Date.parse(one.validUntil))
      .map((one) => [one.keyId, one.key]),
  );
}
