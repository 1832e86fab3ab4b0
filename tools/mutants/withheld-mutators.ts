import { segmentFile, validateDocument, withhold, Withheld, WITHHELD_FILE } from "@stage6/evidence-interface";
import type { BundleMutator, Files, FoundRule, Mutant, Original } from "./bundle-mutator.ts";
import type { Random } from "./random.ts";
import { replaceOnce } from "./replace-once.ts";

type Codes = Mutant["codes"];

/** Documents without which nothing is judged: they are never withheld. */
const KEPT = ["report.json", "artifacts/observation.json"];
const NOT_TAKEN = [...KEPT, "artifacts/bounds-self-test.json", "events.jsonl"];
const REASON = "names a customer";
const UNEXPLAINED: readonly FoundRule[] = [
  "ARTIFACT_MISSING/document",
  "ARTIFACT_MISSING/listed",
  "ARTIFACT_EXTRA/unlisted",
];

const artifactsOf = ({ files }: Original): string[] =>
  [...files.keys()].filter((path) => path.startsWith("artifacts/") && !NOT_TAKEN.includes(path));

function withoutArtifacts(original: Original, random: Random, count = 1): Map<string, Uint8Array> {
  const pool = artifactsOf(original);
  const from = random.below(pool.length - count + 1);
  return withhold(original.files, {
    files: new Map(pool.slice(from, from + count).map((path) => [path, REASON])),
  });
}

function withoutSegment({ files }: Original): Map<string, Uint8Array> {
  return withhold(files, { segments: new Map([[0, REASON]]) });
}

const textOf = (files: Files, path: string): string =>
  Buffer.from(files.get(path) ?? Buffer.of()).toString("utf8");

function parsed(text: string): Withheld {
  const read = validateDocument(Withheld, JSON.parse(text));
  if (!read.ok) throw new Error("withhold wrote no withheld.json");
  return read.value;
}

/** A fault in withheld.json or in what lies beside it; the sealed documents stay as they are. */
function fault(
  name: string,
  codes: Codes,
  make: (original: Original, random: Random) => Files | null,
  follows: readonly FoundRule[] = UNEXPLAINED,
): BundleMutator {
  return {
    name,
    make: (original, random) => {
      const files = make(original, random);
      // A withheld.json with a fault explains nothing: what is gone is then simply missing, what is shown too much.
      return files === null ? null : { files, codes, follows };
    },
  };
}

/** An edit of the text of withheld.json. */
function told(
  name: string,
  codes: Codes,
  from: string | RegExp,
  to: (random: Random, match: string) => string,
): BundleMutator {
  return fault(name, codes, (original, random) => {
    const files = withoutArtifacts(original, random);
    const text = replaceOnce(textOf(files, WITHHELD_FILE), from, (match) => to(random, match));
    return files.set(WITHHELD_FILE, Buffer.from(text));
  });
}

/** An edit of the parsed withheld.json of a bundle with some artifacts and a segment taken out. */
function retold(
  name: string,
  codes: Codes,
  change: (made: Withheld, files: Map<string, Uint8Array>, random: Random) => Withheld,
): BundleMutator {
  return fault(name, codes, (original, random) => {
    const pool = artifactsOf(original);
    const files = withhold(original.files, {
      files: new Map(pool.slice(0, 2).map((path) => [path, REASON])),
      segments: new Map([[0, REASON]]),
    });
    const made = parsed(textOf(files, WITHHELD_FILE));
    const edited = change(made, files, random);
    return files.set(WITHHELD_FILE, Buffer.from(JSON.stringify(edited)));
  });
}

const digest = (random: Random): string => `sha256:${random.bytes(32).toString("hex")}`;

/** Bundles from which something was taken out: said so, and with a fault in what is said. */
export const WITHHELD_MUTATORS: readonly BundleMutator[] = [
  {
    name: "artifact-withheld",
    make: (original, random) => ({
      files: withoutArtifacts(original, random, 1 + random.below(3)),
      codes: ["ARTIFACT_MISSING"],
      state: "withheld",
    }),
  },
  {
    name: "segment-withheld",
    make: (original) => ({ files: withoutSegment(original), codes: ["ARTIFACT_MISSING"], state: "withheld" }),
  },
  {
    name: "withheld-bundle-of-another-number",
    make: (original, random) => ({
      files: withoutSegment(original),
      codes: ["TRIAL_MISMATCH"],
      follows: ["ARTIFACT_MISSING"],
      expected: { ...original.ref, number: 10 + random.below(900) },
    }),
  },
  fault("artifact-left-beside-edited", ["DIGEST_MISMATCH"], (original, random) => {
    const files = withoutArtifacts(original, random);
    const left = artifactsOf(original).filter((path) => files.has(path));
    const path = random.pick(left);
    return files.set(path, Buffer.concat([files.get(path) ?? Buffer.of(), Buffer.from("x")]));
  }),
  fault("shown-segment-edited", ["DIGEST_MISMATCH"], (original, random) => {
    const files = withoutSegment(original);
    const bytes = Buffer.from(files.get(segmentFile(1)) ?? Buffer.of());
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return files.set(segmentFile(1), bytes);
  }),
  fault("shown-segment-gone", ["ARTIFACT_MISSING"], (original) => {
    const files = withoutSegment(original);
    files.delete(segmentFile(1));
    return files;
  }),
  fault(
    "segment-too-many",
    ["ARTIFACT_EXTRA"],
    (original, random) =>
      withoutSegment(original).set(segmentFile(2 + random.below(99)), Buffer.from("{}\n")),
    [],
  ),
  fault(
    "withheld-list-dropped",
    ["ARTIFACT_MISSING"],
    (original, random) => {
      const files = random.below(2) === 0 ? withoutSegment(original) : withoutArtifacts(original, random);
      files.delete(WITHHELD_FILE);
      return files;
    },
    ["ARTIFACT_EXTRA/unlisted"],
  ),
  fault(
    "file-gone-unsaid",
    ["ARTIFACT_MISSING"],
    (original, random) => {
      const files = withoutArtifacts(original, random);
      files.delete(random.pick(artifactsOf(original).filter((path) => files.has(path))));
      return files;
    },
    [],
  ),
  fault("withheld-file-still-there", ["ARTIFACT_EXTRA"], (original, random) => {
    const files = withoutArtifacts(original, random);
    const path = artifactsOf(original).find((one) => !files.has(one)) ?? "";
    return files.set(path, original.files.get(path) ?? Buffer.of());
  }),
  fault("document-withheld", ["SCHEMA_INVALID"], ({ files }, random) =>
    withhold(files, { files: new Map([[random.pick(KEPT), REASON]]) }),
  ),
  fault(
    "self-test-withheld",
    ["SCHEMA_INVALID"],
    ({ files }) => {
      const path = "artifacts/bounds-self-test.json";
      return files.has(path) ? withhold(files, { files: new Map([[path, REASON]]) }) : null;
    },
    [...UNEXPLAINED, "OBSERVATION_DIVERGED"],
  ),
  told(
    "withheld-of-another-manifest",
    ["DIGEST_MISMATCH"],
    /"manifest":"[^"]*"/,
    (random) => `"manifest":"${digest(random)}"`,
  ),
  told(
    "withheld-digest",
    ["DIGEST_MISMATCH"],
    /"sha256":"[^"]*"/,
    (random) => `"sha256":"${digest(random)}"`,
  ),
  told("withheld-size", ["DIGEST_MISMATCH"], /"size":\d+/, (random) => `"size":${1e6 + random.below(1e6)}`),
  told("withheld-without-reason", ["SCHEMA_INVALID"], /"reason":"[^"]*"/, () => '"reason":""'),
  told("withheld-unknown-key", ["SCHEMA_INVALID"], "{", (random) => `{"x${random.below(1000)}":1,`),
  told("withheld-of-a-later-version", ["SCHEMA_VERSION"], '"1.0"', (random) => `"${2 + random.below(9)}.0"`),
  told("withheld-white-space", ["BYTES_NOT_CANONICAL"], ":", () => ": "),
  told(
    "withheld-duplicate-key",
    ["BYTES_NOT_CANONICAL"],
    '"schemaVersion":"1.0"',
    (_, match) => `${match},${match}`,
  ),
  retold("withheld-order", ["SCHEMA_INVALID"], (made) => ({ ...made, files: made.files.toReversed() })),
  retold("withheld-entry-doubled", ["SCHEMA_INVALID"], (made) => ({
    ...made,
    files: made.files.flatMap((file, at) => (at === 0 ? [file, file] : [file])),
  })),
  retold("withheld-file-unlisted", ["DIGEST_MISMATCH"], (made, _, random) => ({
    ...made,
    files: [{ path: "artifacts/0.raw", size: 1, sha256: digest(random), reason: REASON }, ...made.files],
  })),
  retold("segment-shown-of-a-log-that-is-not-withheld", ["ARTIFACT_EXTRA"], (made) => ({
    ...made,
    files: made.files.filter(({ path }) => path !== "events.jsonl"),
  })),
  retold("audit-path-edited", ["DIGEST_MISMATCH"], (made, _, random) => ({
    ...made,
    shown: made.shown.map((one) => ({ ...one, path: one.path.map(() => digest(random)) })),
  })),
  retold("audit-path-longer", ["DIGEST_MISMATCH"], (made, _, random) => ({
    ...made,
    shown: made.shown.map((one) => ({ ...one, path: [...one.path, digest(random)] })),
  })),
  retold("audit-path-shorter", ["DIGEST_MISMATCH"], (made) => ({
    ...made,
    shown: made.shown.map((one) => ({ ...one, path: one.path.slice(1) })),
  })),
  retold("shown-segment-at-another-index", ["DIGEST_MISMATCH"], (made, files) => {
    files.set(segmentFile(0), files.get(segmentFile(1)) ?? Buffer.of());
    files.delete(segmentFile(1));
    return { ...made, shown: made.shown.map((one) => ({ ...one, index: 0 })) };
  }),
  retold("shown-segment-doubled", ["SCHEMA_INVALID"], (made) => ({
    ...made,
    shown: [...made.shown, ...made.shown],
  })),
];
