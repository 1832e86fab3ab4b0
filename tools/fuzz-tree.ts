// Random file operations on real trees against a model of them: fuzz-tree.ts [sequences] [seed]. Exit code 1 on a difference.
import { fuzzTree } from "./fuzz-tree/fuzz-tree.ts";

const began = performance.now();
const result = await fuzzTree(Number(process.argv[3] ?? 1), Number(process.argv[2] ?? 10_000));
process.stdout.write(
  `${JSON.stringify({ ...result, seconds: Math.round((performance.now() - began) / 1000), failures: result.failures.slice(0, 5) }, null, 2)}\n`,
);
process.exitCode = result.failures.length === 0 ? 0 : 1;
