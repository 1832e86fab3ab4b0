// Feeds hostile inputs to every reader: fuzz.ts [inputs] [seed]. Exit code 1 when one throws or breaks a rule of reading, takes
// longer than its budget, or when the heap grows.
import { fuzz, GROWTH_BUDGET_MB, INPUT_BUDGET_MS } from "./fuzz-run.ts";

const result = fuzz(Number(process.argv[3] ?? 1), Number(process.argv[2] ?? 1_000_000));
process.stdout.write(`${JSON.stringify(result)}\n`);
const { failures, slowestMs, grownMb } = result;
const holds = failures.length === 0 && slowestMs <= INPUT_BUDGET_MS && grownMb <= GROWTH_BUDGET_MB;
process.exitCode = holds ? 0 : 1;
