export { sampleEventLog, sampleEvents, type SampleOptions } from "./sample-events.ts";
export { readSampleLog } from "./read-sample-log.ts";
export { sampleObservation } from "./sample-observation.ts";
export { sampleSelfTest } from "./sample-self-test.ts";
export {
  sampleTrial,
  writeSampleLog,
  type SampleArtifact,
  type SampleDraft,
  type SampleEnd,
  type SampleTrial,
  type SampleTrialOptions,
} from "./sample-trial.ts";
export { sealFiles, type SealFaults } from "./seal-files.ts";
export { testKeys, type TestKey } from "./test-keys.ts";
export { writeSampleBundle, type SampleBundleOptions } from "./write-sample-bundle.ts";
export { inStrictBounds, sampleStrictTrial } from "./sample-strict-trial.ts";
