export { DisorderRule } from "./disorder-rule.ts";
export { recordedSamples } from "./recorded-samples.ts";
