import { sampleTrial, sealFiles } from "@stage6/evidence-interface/testing";
import type { BundleMutator } from "./bundle-mutator.ts";

const OTHERS = [
  { lane: "fake", number: 7 },
  { lane: "codex", number: 7 },
  { lane: "codex", planId: "fedcba9876543210" },
  { lane: "fake", fixture: "add-feature" },
] as const;
const others = OTHERS.map((options) => sealFiles(sampleTrial(options)));

/** Faults made of another sound bundle, whole or in part. */
export const BORROW_MUTATORS: readonly BundleMutator[] = [
  {
    name: "file-of-another-trial",
    make: ({ files }, random) => {
      const path = random.pick([
        "report.json",
        "events.jsonl",
        "artifacts/observation.json",
        "manifest.json",
      ]);
      const borrowed = random.pick(others).get(path);
      return borrowed === undefined
        ? null
        : {
            files: new Map([...files, [path, borrowed]]),
            codes: ["DIGEST_MISMATCH"],
            follows: ["TRIAL_MISMATCH", "REPORT_DIVERGED"],
          };
    },
  },
  {
    name: "envelope-of-another-trial",
    make: ({ files }, random) => {
      const borrowed = random.pick(others).get("bundle.dsse.json");
      return borrowed === undefined
        ? null
        : {
            files: new Map([...files, ["bundle.dsse.json", borrowed]]),
            codes: ["DIGEST_MISMATCH"],
            follows: ["TRIAL_MISMATCH"],
          };
    },
  },
  {
    name: "bundle-of-another-trial",
    make: ({ ref }, random) => ({ files: random.pick(others), codes: ["TRIAL_MISMATCH"], expected: ref }),
  },
  {
    name: "bundle-under-another-number",
    make: ({ files, ref }, random) => {
      const number = 1 + random.below(999);
      return number === ref.number
        ? null
        : { files, codes: ["TRIAL_MISMATCH"], expected: { ...ref, number } };
    },
  },
  {
    name: "bundle-of-an-old-plan",
    make: ({ files, ref }, random) => ({
      files,
      codes: ["TRIAL_MISMATCH"],
      expected: { ...ref, planId: random.bytes(8).toString("hex") },
    }),
  },
  {
    name: "bundle-of-another-lane",
    make: ({ files, ref }) => ({ files, codes: ["TRIAL_MISMATCH"], expected: { ...ref, lane: "pi" } }),
  },
];
