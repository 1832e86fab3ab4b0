export { disordered, type Disorder } from "./disorder.ts";
export { pairsThatPass } from "./pairs-that-pass.ts";
export { passesOtherwise, samplePasses } from "./passes-otherwise.ts";
