export { writeSampleRoot, type SampleRoot, type SampleRootOptions } from "./sample-root.ts";
