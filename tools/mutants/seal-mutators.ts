import { sign } from "node:crypto";
import { preAuthEncoding, type Manifest } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { sealed, type BundleMutator, type FoundRule, type Original } from "./bundle-mutator.ts";
import type { Random } from "./random.ts";
import { replaceOnce } from "./replace-once.ts";

type Codes = ReturnType<typeof sealed>["codes"];

const { runner, stranger } = testKeys();
/** Order of the Ed25519 base point, little endian (RFC 8032 section 5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function envelope(
  name: string,
  codes: Codes,
  change: (text: string, random: Random) => string,
): BundleMutator {
  return {
    name,
    make: (original, random) =>
      sealed(original, codes, {
        envelope: (bytes) => Buffer.from(change(Buffer.from(bytes).toString("utf8"), random)),
      }),
  };
}

function manifest(
  name: string,
  codes: Codes,
  change: (made: Manifest, random: Random, original: Original) => unknown,
  follows: readonly FoundRule[] = [],
): BundleMutator {
  return {
    name,
    make: (original, random) => ({
      ...sealed(original, codes, { manifest: (made) => change(made, random, original) }),
      follows,
    }),
  };
}

const sigOf = (text: string): Buffer => Buffer.from(/"sig":"([^"]*)"/.exec(text)?.[1] ?? "", "base64");
const withSig = (text: string, sig: string): string => replaceOnce(text, /"sig":"[^"]*"/, `"sig":"${sig}"`);

/** The same signature with S + L: it verifies wherever the range of S is not checked. */
function malleable(sig: Buffer): string {
  const s = BigInt(`0x${Buffer.from(sig.subarray(32)).reverse().toString("hex")}`) + ORDER;
  const high = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
  return Buffer.concat([sig.subarray(0, 32), high]).toString("base64");
}

/** A payload of the stranger's making under the runner's key id. */
function forged(text: string): string {
  const payload = Buffer.from(/"payload":"([^"]*)"/.exec(text)?.[1] ?? "", "base64");
  const bytes = preAuthEncoding("application/vnd.in-toto+json", payload);
  return withSig(text, sign(null, bytes, stranger.privateKey).toString("base64"));
}

/** A file listed under a path that none may have. */
function path(name: string, codes: Codes, paths: readonly string[]): BundleMutator {
  const change = (made: Manifest, random: Random): unknown => ({
    ...made,
    files: [
      {
        path: random.pick(paths),
        role: "lane-files",
        mediaType: "text/plain",
        size: 0,
        sha256: made.events.merkleRoot,
      },
      ...made.files,
    ],
  });
  return manifest(name, codes, change, ["SCHEMA_INVALID", "ARTIFACT_MISSING/role"]);
}

const entry = (made: Manifest, random: Random): Manifest["files"][number] => random.pick(made.files);

/** Faults in envelope, statement and manifest, sealed by the runner's key unless the key is the fault. */
export const SEAL_MUTATORS: readonly BundleMutator[] = [
  {
    name: "signed-by-a-stranger",
    make: (original) => sealed(original, ["SIGNER_UNKNOWN"], { key: stranger.privateKey }),
  },
  envelope("signed-by-a-stranger-as-the-runner", ["SIGNATURE_INVALID"], forged),
  envelope("key-id-of-a-stranger", ["SIGNER_UNKNOWN"], (text) => text.replace(runner.keyid, stranger.keyid)),
  envelope("second-signature", ["SCHEMA_INVALID"], (text) =>
    replaceOnce(text, /"signatures":\[(.*)\]/, '"signatures":[$1,$1]'),
  ),
  envelope("thousand-signatures", ["SCHEMA_INVALID"], (text) =>
    replaceOnce(
      text,
      /"signatures":\[(.*)\]/,
      (_, one: string) => `"signatures":[${`${one},`.repeat(999)}${one}]`,
    ),
  ),
  envelope("base64-with-white-space", ["SCHEMA_INVALID", "BYTES_NOT_CANONICAL"], (text, random) => {
    const sig = sigOf(text).toString("base64");
    const at = random.below(sig.length);
    return withSig(text, `${sig.slice(0, at)}${random.pick([" ", "\\n", "\\t"])}${sig.slice(at)}`);
  }),
  envelope("no-signature", ["SCHEMA_INVALID"], (text) =>
    replaceOnce(text, /"signatures":\[.*\]/, '"signatures":[]'),
  ),
  envelope("payload-type", ["SCHEMA_INVALID"], (text) =>
    text.replace("application/vnd.in-toto+json", "application/json"),
  ),
  envelope("base64-without-padding", ["SIGNATURE_INVALID"], (text) =>
    withSig(text, sigOf(text).toString("base64").replaceAll("=", "")),
  ),
  envelope("base64-for-urls", ["SCHEMA_INVALID"], (text) =>
    withSig(text, `-_${sigOf(text).toString("base64url").slice(2)}`),
  ),
  envelope("base64-spare-bits", ["SIGNATURE_INVALID"], (text) =>
    replaceOnce(
      text,
      /([AQgw])(==")/,
      (_, last: string, end: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}${end}`,
    ),
  ),
  envelope("signature-bit-flip", ["SIGNATURE_INVALID"], (text, random) => {
    const sig = sigOf(text);
    const at = random.below(64);
    sig[at] = (sig[at] ?? 0) ^ (1 << random.below(8));
    return withSig(text, sig.toString("base64"));
  }),
  envelope("signature-plus-group-order", ["SIGNATURE_INVALID"], (text) =>
    withSig(text, malleable(sigOf(text))),
  ),
  envelope("signature-of-zeros", ["SIGNATURE_INVALID"], (text) =>
    withSig(text, Buffer.alloc(64).toString("base64")),
  ),
  envelope("signature-too-short", ["SIGNATURE_INVALID"], (text, random) =>
    withSig(
      text,
      sigOf(text)
        .subarray(0, 1 + random.below(63))
        .toString("base64"),
    ),
  ),
  envelope("statement-edited-unsigned", ["SIGNATURE_INVALID"], (text, random) =>
    replaceOnce(text, /"payload":"([^"]*)"/, (_, payload: string) => {
      const statement = Buffer.from(payload, "base64").toString("utf8");
      const edited = replaceOnce(statement, /"number":\d+/, `"number":${10 + random.below(900)}`);
      return `"payload":"${Buffer.from(edited).toString("base64")}"`;
    }),
  ),
  {
    name: "statement-of-another-number",
    make: (original, random) =>
      sealed(original, ["TRIAL_MISMATCH"], {
        statement: (made) => ({
          ...made,
          predicate: { ...made.predicate, trial: { ...original.ref, number: 10 + random.below(900) } },
        }),
      }),
  },
  {
    name: "statement-of-another-predicate",
    make: (original) =>
      sealed(original, ["SCHEMA_INVALID"], {
        statement: (made) => ({ ...made, predicateType: "https://stage6.invalid/predicate/other/v1" }),
      }),
  },
  {
    name: "statement-of-another-manifest",
    make: (original, random) =>
      sealed(original, ["DIGEST_MISMATCH"], {
        statement: (made) => ({
          ...made,
          subject: [{ name: "manifest.json", digest: { sha256: random.bytes(32).toString("hex") } }],
        }),
      }),
  },
  manifest("manifest-order", ["SCHEMA_INVALID"], (made, random) => {
    const files = [...made.files];
    const at = 1 + random.below(files.length - 1);
    return {
      ...made,
      files: [...files.slice(0, at - 1), ...files.slice(at - 1, at + 1).reverse(), ...files.slice(at + 1)],
    };
  }),
  manifest(
    "manifest-entry-doubled",
    ["SCHEMA_INVALID"],
    (made, random) => {
      const one = entry(made, random);
      return { ...made, files: made.files.flatMap((file) => (file === one ? [one, one] : [file])) };
    },
    ["ARTIFACT_MISSING/role"],
  ),
  manifest(
    "manifest-entry-dropped",
    ["ARTIFACT_EXTRA"],
    (made, random) => {
      const one = entry(made, random);
      return { ...made, files: made.files.filter((file) => file !== one) };
    },
    ["ARTIFACT_MISSING/role", "EVENTS_INVALID"],
  ),
  manifest("manifest-size", ["DIGEST_MISMATCH"], (made, random) => {
    const one = entry(made, random);
    return {
      ...made,
      files: made.files.map((file) =>
        file === one ? { ...file, size: file.size + 1 + random.below(9) } : file,
      ),
    };
  }),
  manifest("manifest-digest", ["DIGEST_MISMATCH", "EVENTS_INVALID"], (made, random) => {
    const one = entry(made, random);
    const sha256 = `sha256:${random.bytes(32).toString("hex")}`;
    return { ...made, files: made.files.map((file) => (file === one ? { ...file, sha256 } : file)) };
  }),
  manifest("role-swap", ["EVENTS_INVALID"], (made) => {
    const swap = new Map([
      ["snapshot-before", "snapshot-after"],
      ["snapshot-after", "snapshot-before"],
    ]);
    return {
      ...made,
      files: made.files.map((file) => ({ ...file, role: swap.get(file.role) ?? file.role })),
    };
  }),
  manifest(
    "role-of-a-document",
    ["SCHEMA_INVALID"],
    (made, random) => {
      const path = random.pick(["report.json", "events.jsonl", "artifacts/observation.json"]);
      return {
        ...made,
        files: made.files.map((file) => (file.path === path ? { ...file, role: "lane-files" } : file)),
      };
    },
    ["ARTIFACT_MISSING/role"],
  ),
  path("path-escape", ["PATH_ESCAPE"], ["../x", "/etc/passwd", "a/../../b", "C:\\x"]),
  path("path-of-another-spelling", ["SCHEMA_INVALID"], ["a\0b", "a//b", "./a", "a/", ".", "a\nb"]),
  manifest(
    "twin-in-another-case",
    ["ARTIFACT_MISSING"],
    (made) => {
      const twins = made.files.map((file) => ({
        ...file,
        role: "lane-files",
        path: file.path.toUpperCase(),
      }));
      const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
      return { ...made, files: [...made.files, ...twins.slice(0, 1)].toSorted(byPath) };
    },
    ["SCHEMA_INVALID"],
  ),
  manifest("event-commitment", ["DIGEST_MISMATCH"], (made, random) => {
    const sha256 = `sha256:${random.bytes(32).toString("hex")}`;
    const edit = random.pick([
      { count: 1 },
      { segments: 99 },
      { merkleRoot: sha256 },
      { lastCheckpoint: sha256 },
      { lastCheckpoint: null },
    ]);
    return { ...made, events: { ...made.events, ...edit } };
  }),
  manifest("manifest-of-a-later-version", ["SCHEMA_VERSION"], (made, random) => ({
    ...made,
    schemaVersion: `${2 + random.below(9)}.0`,
  })),
  manifest("manifest-unknown-key", ["SCHEMA_INVALID"], (made, random) => ({
    ...made,
    [`x${random.below(1000)}`]: 1,
  })),
  manifest(
    "manifest-of-another-number",
    ["TRIAL_MISMATCH"],
    (made, random) => ({ ...made, trial: { ...made.trial, number: 10 + random.below(900) } }),
    ["TRIAL_MISMATCH/statement"],
  ),
  manifest("manifest-of-another-attempt", ["TRIAL_MISMATCH"], (made, random) => ({
    ...made,
    attemptId: `00000000-0000-4000-8000-${random.bytes(6).toString("hex")}`,
  })),
];
