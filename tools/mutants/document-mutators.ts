import type { FindingCode } from "@stage6/evidence-interface";
import { sealed, type BundleMutator } from "./bundle-mutator.ts";
import type { Random } from "./random.ts";
import { replaceOnce } from "./replace-once.ts";

const CANONICAL: readonly FindingCode[] = ["BYTES_NOT_CANONICAL"];

/** Edits report or observation before the manifest is made: digests and signature are right for the edited bytes. */
function text(
  name: string,
  codes: readonly FindingCode[],
  change: (json: string, random: Random) => Buffer | string,
): BundleMutator {
  return {
    name,
    make: (original, random) => {
      const made = (bytes: Uint8Array): Uint8Array =>
        Buffer.from(change(Buffer.from(bytes).toString("utf8"), random));
      return sealed(original, codes, random.below(2) === 0 ? { report: made } : { observation: made });
    },
  };
}

function report(
  name: string,
  codes: readonly FindingCode[],
  change: (json: string, random: Random) => string,
): BundleMutator {
  return {
    name,
    make: (original, random) => ({
      ...sealed(original, codes, {
        report: (bytes) => Buffer.from(change(Buffer.from(bytes).toString("utf8"), random)),
      }),
      // Whatever a stored report says too much is also no longer what the evidence gives.
      follows: ["REPORT_DIVERGED"],
    }),
  };
}

/** A place between two members of the outermost object. */
const inject = (json: string, member: string): string => `{${member},${json.slice(1)}`;

/** Replaces one of all matches. */
function replaceAny(json: string, pattern: RegExp, random: Random, to: (match: string) => string): string {
  const matches = [...json.matchAll(pattern)];
  const { index, 0: match } = random.pick(matches);
  return json.slice(0, index) + to(match) + json.slice(index + match.length);
}

const NUMBERS = /(?<=[:[,])\d+(?=[,\]}])/g;
const STRING_VALUES = /(?<=:")[a-z][a-zA-Z .-]*(?=")/g;

/** Faults in report and observation, sealed by the runner's key. */
export const DOCUMENT_MUTATORS: readonly BundleMutator[] = [
  text("duplicate-key", CANONICAL, (json) => replaceOnce(json, /("schemaVersion":"1\.0")/, "$1,$1")),
  text("proto-key", CANONICAL, (json) => inject(json, '"__proto__":{"outcome":"completed"}')),
  text("byte-order-mark", CANONICAL, (json) => `\ufeff${json}`),
  text("lone-surrogate", CANONICAL, (json, random) =>
    replaceAny(json, STRING_VALUES, random, (word) => `${word}\\ud83d`),
  ),
  text("not-a-number", CANONICAL, (json, random) =>
    replaceAny(json, NUMBERS, random, () => random.pick(["NaN", "Infinity", "-Infinity", "undefined"])),
  ),
  text("other-number-form", CANONICAL, (json, random) =>
    replaceAny(json, NUMBERS, random, (n) =>
      random.pick(["-0", `${n}.0`, `${n}e0`, `0${n}`, "1e400", "9007199254740993"]),
    ),
  ),
  text("needless-escape", CANONICAL, (json, random) =>
    replaceAny(
      json,
      STRING_VALUES,
      random,
      (word) => `\\u00${word.charCodeAt(0).toString(16)}${word.slice(1)}`,
    ),
  ),
  text("white-space", CANONICAL, (json, random) =>
    replaceAny(json, /[:,](?=["[{])/g, random, (mark) => `${mark}${random.pick([" ", "\n", "\t"])}`),
  ),
  text("final-newline", CANONICAL, (json) => `${json}\n`),
  text("not-utf8", CANONICAL, (json, random) => {
    const bytes = Buffer.from(json);
    const at = json.indexOf('"trial"') + 2 + random.below(3);
    bytes[at] = 0xff;
    return bytes;
  }),
  text("comment", CANONICAL, (json) => `${json}//`),
  text("nested-too-deep", CANONICAL, (_, random) => {
    const depth = random.pick([513, 1000, 20_000]);
    return "[".repeat(depth) + "]".repeat(depth);
  }),
  text("document-cut", CANONICAL, (json, random) => json.slice(0, random.below(json.length))),
  text("unknown-key", ["SCHEMA_INVALID"], (json, random) => inject(json, `"x${random.below(1e6)}":null`)),
  text("later-version", ["SCHEMA_VERSION"], (json, random) =>
    replaceOnce(json, '"schemaVersion":"1.0"', `"schemaVersion":"${2 + random.below(90)}.0"`),
  ),
  text("not-an-object", ["SCHEMA_INVALID"], (_, random) =>
    random.pick(["null", "[]", "1", '""', "true", "{}"]),
  ),
  report("report-number-edited", ["REPORT_DIVERGED"], (json, random) =>
    replaceAny(json, NUMBERS, random, (n) => String(Number(n) + 1 + random.below(9))),
  ),
  report("report-claims-success", ["REPORT_DIVERGED"], (json, random) =>
    random.pick([
      () => json.replace(/"outcome":"[a-z-]+"/, '"outcome":"refused"'),
      () => json.replace(/"class":"[A-Z_]+"/, '"class":"INTERRUPTED"'),
      () => json.replace(/"state":"[a-z-]+"/, '"state":"error"'),
      () => json.replace(/"agentOutcome":"[a-z]+"/, '"agentOutcome":"aborted"'),
      () => json.replace('"processTreeEmpty":true', '"processTreeEmpty":false'),
      () =>
        json
          .replace('"withinDeadline":', '"withinDeadline":!')
          .replace(":!true", ":false")
          .replace(":!false", ":true"),
    ])(),
  ),
  report("report-usage-invented", ["REPORT_DIVERGED"], (json, random) =>
    replaceOnce(
      json,
      /("failedRequests":\d+)(?:,"usage":\{[^}]*\})?/,
      `$1,"usage":{"answers":${9 + random.below(90)},"inputTokens":1,"cachedInputTokens":0,"outputTokens":1}`,
    ),
  ),
  report("report-keys-reordered", ["REPORT_DIVERGED"], (json) =>
    replaceOnce(json, /("planDigest":"[^"]*"),("policyDigest":"[^"]*")/, "$2,$1"),
  ),
  report("report-digest-edited", ["REPORT_DIVERGED"], (json, random) =>
    replaceAny(json, /sha256:[0-9a-f]{64}/g, random, () => `sha256:${random.bytes(32).toString("hex")}`),
  ),
  report("report-of-another-number", ["TRIAL_MISMATCH"], (json, random) =>
    replaceOnce(json, /"number":\d+/, `"number":${10 + random.below(900)}`),
  ),
  {
    name: "observation-of-another-tier",
    make: (original) => ({
      ...sealed(
        {
          ...original,
          trial: {
            ...original.trial,
            observation: {
              ...original.trial.observation,
              bounds: { ...original.trial.observation.bounds, tier: "strict" },
            },
          },
        },
        ["OBSERVATION_DIVERGED"],
        {},
      ),
    }),
  },
  {
    name: "observation-softened",
    make: (original) => {
      const { observation } = original.trial;
      const softened = JSON.stringify(observation).replace('"settled":true', '"settled":false');
      // The report was made from the true observation.
      return sealed(original, ["REPORT_DIVERGED"], { observation: () => Buffer.from(softened) });
    },
  },
  {
    name: "observation-actions-reordered",
    make: (original, random) => {
      const { observation } = original.trial;
      const actions = [...observation.actions];
      const at = 1 + random.below(actions.length - 1);
      const [moved] = actions.splice(at, 1);
      if (moved === undefined) return null;
      const trial = { ...original.trial, observation: { ...observation, actions: [moved, ...actions] } };
      return sealed({ ...original, trial }, ["SCHEMA_INVALID"], {});
    },
  },
];
