export { writeGateRoot, type GateRootOptions } from "./gate-root.ts";
export { writeDocument, writeSampleRoot, type SampleRoot, type SampleRootOptions } from "./sample-root.ts";
