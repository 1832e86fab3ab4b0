import {
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { digestHex, sha256 } from "@stage6/evidence-interface";
import { makeFifo } from "../../packages/validator/src/testing/make-fifo.ts";
import type { Random } from "./random.ts";
import { replaceOnce } from "./replace-once.ts";

/** A sound harness root on disk; bundles and attempts by path from the root. */
export interface RootFacts {
  readonly root: string;
  readonly planId: string;
  readonly bundles: readonly string[];
}

/** A class of faults in a whole harness root, put in place on disk, and the codes it predicts. */
export interface RootMutator {
  readonly name: string;
  readonly codes: readonly string[];
  /** Codes that may follow from the fault besides, in the checks of the evidence or in later ones. */
  readonly follows?: readonly string[];
  readonly spoil: (facts: RootFacts, random: Random) => void;
}

const DOCUMENTS = [
  "report.json",
  "events.jsonl",
  "manifest.json",
  "artifacts/observation.json",
  "artifacts/stdout.raw",
];

function edit(path: string, from: string | RegExp, to: string): void {
  writeFileSync(path, replaceOnce(readFileSync(path, "utf8"), from, to));
}

function bundleOf({ root, bundles }: RootFacts, random: Random): string {
  return join(root, random.pick(bundles));
}

/** Two different bundles of the root. */
function two(facts: RootFacts, random: Random): readonly [string, string] {
  const at = random.below(facts.bundles.length);
  const other = (at + 1 + random.below(facts.bundles.length - 1)) % facts.bundles.length;
  return [join(facts.root, facts.bundles[at] ?? ""), join(facts.root, facts.bundles[other] ?? "")];
}

/** Attempt of every bundle of the sample root. */
const ATTEMPT = "00000000-0000-4000-8000-000000000000";
const uuid = (random: Random): string => `00000000-0000-4000-8000-${random.bytes(6).toString("hex")}`;

const planFile = ({ root, planId }: RootFacts): string => join(root, "plans", `${planId}.json`);
const keysFile = ({ root }: RootFacts): string => join(root, "trust", "keys.json");

/** A file of a bundle replaced by something that is no regular file of its own. */
function replaced(name: string, make: (path: string, facts: RootFacts) => void): RootMutator {
  return {
    name,
    codes: ["NOT_A_FILE"],
    spoil: (facts, random) => {
      const path = join(bundleOf(facts, random), random.pick(DOCUMENTS));
      rmSync(path);
      make(path, facts);
    },
  };
}

/** Faults of a whole harness root. */
export const ROOT_MUTATORS: readonly RootMutator[] = [
  {
    name: "lanes-swapped",
    codes: ["TRIAL_MISMATCH"],
    spoil: (facts, random) => {
      const [a, b] = two(facts, random);
      renameSync(a, `${a}.moved`);
      renameSync(b, a);
      renameSync(`${a}.moved`, b);
    },
  },
  {
    name: "bundle-replayed-for-another-trial",
    codes: ["TRIAL_MISMATCH"],
    spoil: (facts, random) => {
      const [a, b] = two(facts, random);
      rmSync(b, { recursive: true });
      cpSync(a, b, { recursive: true });
    },
  },
  {
    name: "bundle-bit-flip",
    codes: ["DIGEST_MISMATCH"],
    spoil: (facts, random) => {
      const path = join(bundleOf(facts, random), random.pick(DOCUMENTS));
      const bytes = readFileSync(path);
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      writeFileSync(path, bytes);
    },
  },
  {
    name: "bundle-gone",
    codes: ["MISSING_TRIAL"],
    follows: ["ATTEMPT_LOST"],
    spoil: (facts, random) => rmSync(bundleOf(facts, random), { recursive: true }),
  },
  {
    name: "bundle-too-many",
    codes: ["EXTRA_TRIAL"],
    follows: ["ARTIFACT_EXTRA"],
    spoil: (facts, random) => {
      const from = bundleOf(facts, random);
      cpSync(from, from.replace(/[0-9]{3}$/, String(100 + random.below(900))), { recursive: true });
    },
  },
  {
    name: "bundle-of-an-old-plan",
    codes: ["TRIAL_MISMATCH"],
    // The new plan announced no attempt, and is younger than the bundles.
    follows: ["ARTIFACT_MISSING", "TRIAL_TOO_EARLY"],
    spoil: (facts, random) => {
      const envelope = join(bundleOf(facts, random), "bundle.dsse.json");
      const text = readFileSync(envelope, "utf8");
      const payload = Buffer.from(/"payload":"([^"]*)"/.exec(text)?.[1] ?? "", "base64").toString("utf8");
      if (!payload.includes(facts.planId)) throw new Error("the statement names no plan");
      // The plan is renewed; the bundles of the old one are carried over as they are.
      const fresh = replaceOnce(readFileSync(planFile(facts), "utf8"), "2026-01-01T", "2026-01-02T");
      const id = digestHex(sha256(fresh)).slice(0, 16);
      writeFileSync(join(facts.root, "plans", `${id}.json`), fresh);
      renameSync(join(facts.root, "runs", facts.planId), join(facts.root, "runs", id));
    },
  },
  {
    name: "hard-link-added",
    codes: ["ARTIFACT_EXTRA"],
    spoil: (facts, random) => {
      const bundle = bundleOf(facts, random);
      linkSync(join(bundle, random.pick(DOCUMENTS)), join(bundle, "artifacts", "linked.raw"));
    },
  },
  replaced("symbolic-link", (path, { root }) => symlinkSync(join(root, "harness.json"), path)),
  replaced("dangling-link", (path) => symlinkSync("nowhere", path)),
  replaced("fifo", makeFifo),
  {
    name: "folder-in-place-of-a-file",
    codes: ["ARTIFACT_MISSING"],
    spoil: (facts, random) => {
      const path = join(bundleOf(facts, random), random.pick(DOCUMENTS));
      rmSync(path);
      mkdirSync(path);
    },
  },
  {
    name: "link-in-place-of-a-bundle",
    codes: ["NOT_A_FILE"],
    spoil: (facts, random) => {
      const [a, b] = two(facts, random);
      rmSync(b, { recursive: true });
      symlinkSync(a, b);
    },
  },
  {
    name: "intent-gone",
    codes: ["ARTIFACT_MISSING"],
    spoil: (facts, random) =>
      rmSync(bundleOf(facts, random).replace("/runs/", "/attempts/"), { recursive: true }),
  },
  {
    name: "intent-renamed",
    codes: ["ARTIFACT_MISSING"],
    follows: ["ATTEMPT_LOST"],
    spoil: (facts, random) => {
      const folder = bundleOf(facts, random).replace("/runs/", "/attempts/");
      renameSync(join(folder, `${ATTEMPT}.json`), join(folder, `${uuid(random)}.json`));
    },
  },
  {
    name: "intents-swapped",
    codes: ["TRIAL_MISMATCH"],
    spoil: (facts, random) => {
      const [a, b] = two(facts, random).map((path) =>
        join(path.replace("/runs/", "/attempts/"), `${ATTEMPT}.json`),
      );
      renameSync(a ?? "", `${a}.moved`);
      renameSync(b ?? "", a ?? "");
      renameSync(`${a}.moved`, b ?? "");
    },
  },
  {
    // What is left of a trial whose first outcome was thrown away: two intents, one bundle.
    name: "trial-run-again",
    codes: ["ATTEMPT_LOST"],
    spoil: (facts, random) => {
      const folder = bundleOf(facts, random).replace("/runs/", "/attempts/");
      const other = uuid(random);
      const intent = readFileSync(join(folder, `${ATTEMPT}.json`), "utf8");
      writeFileSync(join(folder, `${other}.json`), replaceOnce(intent, ATTEMPT, other));
    },
  },
  {
    name: "trial-hidden",
    codes: ["MISSING_TRIAL"],
    follows: ["ATTEMPT_LOST"],
    spoil: (facts, random) => {
      const bundle = bundleOf(facts, random);
      renameSync(bundle, join(facts.root, `kept-apart-${random.below(1e6)}`));
    },
  },
  {
    name: "trial-deleted-with-its-intent",
    codes: ["MISSING_TRIAL"],
    spoil: (facts, random) => {
      const bundle = bundleOf(facts, random);
      for (const path of [bundle, bundle.replace("/runs/", "/attempts/")]) rmSync(path, { recursive: true });
    },
  },
  {
    name: "attempt-at-no-planned-trial",
    codes: ["ARTIFACT_EXTRA"],
    spoil: (facts, random) => {
      const from = bundleOf(facts, random).replace("/runs/", "/attempts/");
      cpSync(from, from.replace(/[0-9]{3}$/, String(100 + random.below(900))), { recursive: true });
    },
  },
  {
    name: "lane-hidden-from-the-plan",
    codes: ["DIGEST_MISMATCH"],
    spoil: (facts) => edit(planFile(facts), /("lane":"codex","state":)"planned"/, '$1"blocked"'),
  },
  {
    name: "policy-edited",
    codes: ["POLICY_MISMATCH", "POLICY_WEAKENED", "SCHEMA_INVALID"],
    spoil: ({ root }, random) =>
      edit(join(root, "policy", "stage6.policy.json"), /"idleMs":\d+/, `"idleMs":${1 + random.below(1e6)}`),
  },
  {
    name: "plan-edited",
    codes: ["DIGEST_MISMATCH"],
    spoil: (facts, random) =>
      edit(planFile(facts), /"trialsPerCell":\d+/, `"trialsPerCell":${3 + random.below(900)}`),
  },
  {
    name: "plan-renamed",
    codes: ["DIGEST_MISMATCH"],
    // Its trials name a plan that is not there.
    follows: ["PLAN_MISSING"],
    spoil: (facts, random) =>
      renameSync(planFile(facts), join(facts.root, "plans", `${random.bytes(8).toString("hex")}.json`)),
  },
  {
    name: "key-role-edited",
    codes: ["SIGNER_UNKNOWN"],
    spoil: (facts, random) =>
      edit(
        keysFile(facts),
        '"role":"runner"',
        `"role":"${random.pick(["operator", "comparator", "stage5-validator", "admission-reviewer"])}"`,
      ),
  },
  {
    name: "key-id-edited",
    codes: ["TRUST_ROOT_UNSAFE"],
    spoil: (facts, random) =>
      edit(keysFile(facts), /"keyId":"[^"]*"/, `"keyId":"sha256:${random.bytes(32).toString("hex")}"`),
  },
  {
    name: "keys-with-a-duplicate-key",
    codes: ["BYTES_NOT_CANONICAL"],
    follows: ["TRUST_ROOT_UNSAFE"],
    spoil: (facts) => edit(keysFile(facts), /("role":"runner")/, '$1,"role":"operator"'),
  },
  {
    name: "candidate-switched-on",
    codes: ["DEFAULT_SWITCH_FORBIDDEN"],
    spoil: ({ root }) =>
      edit(join(root, "harness.json"), /("case":\{[^}]*"enabledByDefault":)false/, "$1true"),
  },
  {
    name: "lane-unregistered",
    codes: ["LANE_REGISTRY_INCOMPLETE"],
    follows: ["SCHEMA_INVALID", "DEFAULT_SWITCH_FORBIDDEN"],
    spoil: ({ root }) => edit(join(root, "harness.json"), /,"pi":\{"adapter"[^}]*\}/, ""),
  },
  {
    name: "comparison-edited",
    codes: ["REPLAY_DIVERGED", "DIGEST_MISMATCH"],
    spoil: (facts) => {
      const path = join(facts.root, "comparisons", `${facts.planId}.json`);
      writeFileSync(path, `${readFileSync(path, "utf8")} `);
    },
  },
];
