// Prints the mutation score: run.ts [mutants of bundles] [seed]. Exit code 1 when one mutant was not refused as predicted.
import { scoreMutants } from "./score-mutants.ts";

const count = Number(process.argv[2] ?? 5000);
const seed = Number(process.argv[3] ?? 1);
const { mutants, refused, survivors } = scoreMutants(seed, count);
for (const survivor of survivors.slice(0, 50)) process.stdout.write(`${JSON.stringify(survivor)}\n`);
process.stdout.write(`${refused} of ${mutants} refused with a predicted code (seed ${seed})\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
