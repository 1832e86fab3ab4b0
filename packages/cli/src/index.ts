export { main } from "./cli.ts";
export type { CliIo } from "./cli-io.ts";
export { EXIT, type ExitCode } from "./exit-code.ts";
export { processIo } from "./process-io.ts";
