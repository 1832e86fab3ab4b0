export { sampleEventLog, sampleEvents, type SampleOptions } from "./sample-events.ts";
export { sampleObservation } from "./sample-observation.ts";
