import { relative, sep } from "node:path";
import {
  checkTrustRoot,
  TRUST_NAMESPACE,
  verifySshSignature,
  type Problem,
  type RawFile,
  type TrustFiles,
  type TrustStatement,
} from "@stage6/eligibility";
import { SCHEMA_VERSION, sha256, writeStrictBytes, type Timestamp } from "@stage6/evidence-interface";
import { errorCode, readSmallFile, rootLayout } from "@stage6/evidence-interface/fs";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** The files of the trust root as they lie in a harness root. */
export async function readTrustFiles(root: string): Promise<TrustFiles> {
  const layout = rootLayout(root);
  return {
    keys: await readOne(root, layout.trustedKeys),
    allowedSigners: await readOne(root, layout.allowedSigners),
    revocations: await readOne(root, layout.revocations),
    root: await readOne(root, layout.trustRoot),
    rootSignature: await readOne(root, layout.trustRootSignature),
  };
}

const shownIn = (root: string, file: string): string => relative(root, file).split(sep).join("/");

async function readOne(root: string, file: string): Promise<RawFile | null> {
  const path = shownIn(root, file);
  try {
    const bytes = await readSmallFile(file, MAX_BYTES);
    if (bytes !== null) return { path, bytes };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
  throw new CliError("ROOT_INVALID", EXIT.invalid, `${path} is larger than ${MAX_BYTES} bytes`);
}

/** What a founder would sign for these files. */
export function trustStatementOf(
  { keys, allowedSigners }: TrustFiles,
  harness: string,
  signedAt: Timestamp,
): Uint8Array {
  const statement: TrustStatement = {
    schemaVersion: SCHEMA_VERSION,
    type: "stage6-trust-root",
    harness,
    keysSha256: sha256(keys?.bytes ?? ""),
    signersSha256: sha256(allowedSigners?.bytes ?? ""),
    signedAt,
  };
  return writeStrictBytes(statement);
}

/** A trust root with the founder's signature over it, or what is wrong with it. */
export type SignedTrust =
  | { readonly ok: true; readonly files: TrustFiles; readonly founder: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Holds a new signature against the founder: the one who is known, or with nobody known whoever signed. */
export function takeSignature(
  files: TrustFiles,
  statement: Uint8Array,
  signature: Uint8Array,
  anchor: { readonly founder: string | null; readonly harness: string },
): SignedTrust {
  const verified = verifySshSignature(statement, signature, TRUST_NAMESPACE);
  const founder = anchor.founder ?? (verified.ok ? verified.key.fingerprint : null);
  const signed = {
    ...files,
    root: { path: "trust/root.json", bytes: statement },
    rootSignature: { path: "trust/root.json.sig", bytes: signature },
  };
  const { trust, problems } = checkTrustRoot(signed, { founder, harness: anchor.harness });
  return trust === null || founder === null ? { ok: false, problems } : { ok: true, files: signed, founder };
}
