// Feeds hostile inputs to every reader: fuzz.ts [inputs] [seed]. Exit code 1 when one throws or breaks a rule of reading.
import { fuzz } from "./fuzz-run.ts";

const result = fuzz(Number(process.argv[3] ?? 1), Number(process.argv[2] ?? 1_000_000));
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.failures.length === 0 ? 0 : 1;
