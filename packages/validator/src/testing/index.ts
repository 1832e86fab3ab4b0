export { writeGateRoot, type GateRootOptions } from "./gate-root.ts";
export {
  asLane,
  writeDocument,
  writeSampleRoot,
  type SampleRoot,
  type SampleRootOptions,
} from "./sample-root.ts";
