export { writeGateRoot, type GateRootOptions } from "./gate-root.ts";
export { writeSampleJournal } from "./journal-root.ts";
export {
  asLane,
  writeDocument,
  writeSampleRoot,
  type SampleRoot,
  type SampleRootOptions,
} from "./sample-root.ts";
