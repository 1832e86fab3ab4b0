export { CASE_BINARY } from "./sample-comparison.ts";
export { NOW, sampleAdmission, sampleObservations, sampleStage5, signed } from "./sample-documents.ts";
export { FOUNDER, HARNESS, KEYS, machineKeys, sampleSigners, sampleTrust } from "./sample-keys.ts";
export { sampleMatrix } from "./sample-matrix.ts";
export { signSsh } from "./sign-ssh.ts";
