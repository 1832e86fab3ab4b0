export { CASE_BINARY, SOURCE_LIST } from "./sample-comparison.ts";
export { NOW, sampleAdmission, sampleObservations, sampleStage5, signed } from "./sample-documents.ts";
export { KEYS, machineKeys, sampleSigners } from "./sample-keys.ts";
export { sampleMatrix } from "./sample-matrix.ts";
export { signSsh } from "./sign-ssh.ts";
