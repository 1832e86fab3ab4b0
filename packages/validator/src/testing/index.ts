export { writeGateRoot, type GateRootOptions } from "./gate-root.ts";
export { writeDocument, type SampleRoot } from "./sample-root.ts";
