import {
  CommitId,
  Count,
  Id,
  oneOf,
  SchemaVersion,
  Sha256,
  ShortText,
  Timestamp,
  TrialRef,
} from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed, GitTree, statementOf } from "../schema-parts.ts";

/** Predicate type of a source admission. */
export const ADMISSION_PREDICATE = "https://stage6.invalid/predicate/source-admission/v1";

const Path = Type.String({ minLength: 1, maxLength: 1024, description: "Path in the checkout, with `/`." });
const FileDigest = closed({ path: Path, sha256: Sha256 }, "A file and its digest.");
const Folder = closed(
  { path: Path, files: Count, sha256: Sha256 },
  "A folder beside the tree, such as installed dependencies: how many files, and one digest over their kinds, modes, contents and paths.",
);
const Tool = closed(
  { version: ShortText, sha256: Sha256 },
  "A program: version as it says, digest of its binary.",
);

/** Result of starting the admitted program once. */
export const StartProbe = closed(
  {
    argv: Type.Array(ShortText, { minItems: 1, maxItems: 32, description: "Command line." }),
    exitCode: Type.Union([Type.Integer(), Type.Null()], { description: "Exit code; null after a signal." }),
    outputSha256: Sha256,
    version: Type.Union([ShortText, Type.Null()], {
      description: "Version it named; null when it named none.",
    }),
    bounds: Type.Optional(
      oneOf(
        ["strict", "none"],
        "What held the program; absent in records that did not say, whose program ran unconfined.",
      ),
    ),
    probedAt: Timestamp,
    verdict: oneOf(["started", "failed"], "Whether it started and named its version."),
  },
  "Result of starting the admitted program once.",
);
/** Result of starting the admitted program once. */
export type StartProbe = Static<typeof StartProbe>;

/** What is known of the upstream repository; nothing is never called current. */
export const UpstreamLag = Type.Union(
  [
    closed(
      { state: Type.Literal("known"), commits: Count, fetchedAt: Timestamp },
      "Commits between the pin and the upstream branch, at the time of the last fetch.",
    ),
    closed({ state: Type.Literal("upstream-unknown") }, "No fetch is known."),
  ],
  { description: "How far the pin lies behind its upstream." },
);
/** What is known of the upstream repository. */
export type UpstreamLag = Static<typeof UpstreamLag>;

/** A source admission: a reviewer's pin of the candidate's source and of the program made from it. */
export const SourceAdmission = statementOf(
  ADMISSION_PREDICATE,
  Type.Array(
    closed(
      {
        name: Id,
        digest: closed({ gitCommit: CommitId, gitTree: GitTree }, "Commit and its root tree."),
      },
      "The admitted source, named by its lane.",
    ),
    { minItems: 1, maxItems: 1, description: "The admitted source." },
  ),
  closed(
    {
      schemaVersion: SchemaVersion,
      repository: ShortText,
      form: oneOf(["checkout", "binary"], "Whether a checkout lies beside the program or the program alone."),
      files: closed(
        { count: Count, listSha256: Sha256 },
        "Number of files of the tree, and the SHA-256 over the lines `<mode> <blob id> <path>` sorted by path.",
      ),
      subTrees: Type.Array(closed({ path: Path, gitTree: GitTree }, "A folder and its tree."), {
        maxItems: 64,
        description: "Trees of the folders that steer the candidate.",
      }),
      prompts: Type.Array(FileDigest, {
        maxItems: 256,
        description: "Files that are instructions to a model, sorted by path.",
      }),
      extraFiles: Type.Array(Path, {
        maxItems: 256,
        description: "Files beside the tree that the reviewer allows, sorted.",
      }),
      extraFolders: Type.Array(Folder, {
        maxItems: 16,
        description: "Folders beside the tree that the reviewer allows as they are, sorted by path.",
      }),
      lockfiles: Type.Array(
        closed(
          {
            path: Path,
            sha256: Sha256,
            authoritative: Type.Boolean({ description: "Whether the build reads it." }),
          },
          "A lock file.",
        ),
        { maxItems: 16, description: "Lock files, stale ones too." },
      ),
      dependencies: Type.Array(
        closed({ name: ShortText, version: ShortText, licence: ShortText }, "A resolved dependency."),
        { maxItems: 4096, description: "Dependencies that the reviewer looked at." },
      ),
      runtime: Type.Union([Tool, Type.Null()], {
        description: "Runtime that builds or runs it; null when there is none.",
      }),
      binary: closed(
        {
          sha256: Sha256,
          preparation: Type.Array(ShortText, { maxItems: 64, description: "Steps that made it, in order." }),
        },
        "The program that lanes start.",
      ),
      licence: closed(
        {
          verdict: oneOf(
            ["permits-use", "none-found", "forbids-use"],
            "What the reviewer found; none-found allows to run the operator's own copy and to publish none of it.",
          ),
          evidence: ShortText,
        },
        "Verdict on the licence.",
      ),
      signature: closed(
        {
          state: oneOf(["verified", "unverifiable", "unsigned"], "State of the commit's signature."),
          detail: ShortText,
        },
        "The commit's signature.",
      ),
      knownDefects: Type.Array(
        closed(
          {
            id: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description: "Short name." }),
            summary: ShortText,
            severity: oneOf(["low", "medium", "high", "blocking"], "blocking: must not be admitted."),
          },
          "A known defect.",
        ),
        { maxItems: 256, description: "Defects that the reviewer knows of." },
      ),
      upstreamTests: Type.Union(
        [closed({ passed: Count, failed: Count, skipped: Count }, "The candidate's own tests."), Type.Null()],
        { description: "Result of the candidate's own tests; null when they were not run." },
      ),
      startProbe: StartProbe,
      upstream: UpstreamLag,
      reviewer: ShortText,
      admittedAt: Timestamp,
      expiresAt: Timestamp,
    },
    "What was reviewed.",
  ),
  "Source admission.",
);
/** A source admission. */
export type SourceAdmission = Static<typeof SourceAdmission>;

/** What a look at the candidate's source found, independent of git's index: before a run, after it, or at validation. */
export const SourceObservation = closed(
  {
    schemaVersion: SchemaVersion,
    moment: oneOf(["before-run", "after-run", "now"], "When."),
    trial: Type.Union([TrialRef, Type.Null()], {
      description: "Trial that the look surrounds; null for none.",
    }),
    observedAt: Timestamp,
    gitCommit: Type.Union([CommitId, Type.Null()], { description: "HEAD; null without a checkout." }),
    gitTree: Type.Union([GitTree, Type.Null()], {
      description: "Root tree recomputed from the files; null without a checkout.",
    }),
    changed: Type.Array(Path, {
      maxItems: 10_000,
      description: "Files that differ from the pin or are gone.",
    }),
    extra: Type.Array(Path, { maxItems: 10_000, description: "Files that the pin does not have." }),
    folders: Type.Array(Folder, {
      maxItems: 16,
      description: "Folders beside the pin that are looked at as one.",
    }),
    binarySha256: Type.Union([Sha256, Type.Null()], {
      description: "Digest of the program; null when unreadable.",
    }),
    lockfiles: Type.Array(FileDigest, { maxItems: 16, description: "Lock files as they are." }),
    runtimeSha256: Type.Union([Sha256, Type.Null()], {
      description: "Digest of the runtime; null without one.",
    }),
  },
  "A look at the candidate's source.",
);
/** A look at the candidate's source. */
export type SourceObservation = Static<typeof SourceObservation>;
