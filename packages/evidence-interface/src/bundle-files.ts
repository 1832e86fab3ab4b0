/** Paths of the bundle's own documents. */
export const BUNDLE_FILES = {
  report: "report.json",
  events: "events.jsonl",
  manifest: "manifest.json",
  envelope: "bundle.dsse.json",
  observation: "artifacts/observation.json",
} as const;

/** Path of the strict bounds' evidence, in the bundles of trials that ran inside them. */
export const SELF_TEST_FILE = "artifacts/bounds-self-test.json";
