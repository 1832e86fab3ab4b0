// Prints the mutation score: run.ts [mutants] [seed]. One in ten spoils a whole harness root on disk, the others a bundle in
// memory. With --second the second verifier judges as many bundles, and has to agree in state and codes. Exit code 1 when one
// mutant was not refused with a code that its class predicts, or is judged apart.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCopies } from "../../packages/validator/src/testing/root-copies.ts";
import { removeTempFolders } from "../../packages/validator/src/testing/temp-folder.ts";
import { compareVerifiers } from "../verifier/compare-verifiers.ts";
import { scoreMutants } from "./score-mutants.ts";
import { scoreRoots } from "./score-roots.ts";

const [countText = "5000", seedText = "1"] = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const count = Number(countText);
const seed = Number(seedText);
const roots = Math.floor(count / 10);
const temp = mkdtempSync(join(tmpdir(), "stage6-mutants-"));
try {
  const { original } = await rootCopies();
  const scores = [scoreMutants(seed, count - roots), await scoreRoots(original, temp, seed, roots)];
  const survivors = scores.flatMap((score) => score.survivors);
  for (const survivor of survivors.slice(0, 50)) process.stdout.write(`${JSON.stringify(survivor)}\n`);
  const refused = scores.reduce((sum, score) => sum + score.refused, 0);
  process.stdout.write(`${refused} of ${count} refused with a predicted code (seed ${seed})\n`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
  if (process.argv.includes("--second")) {
    const { agreed, bundles, apart } = compareVerifiers(temp, seed, count);
    for (const one of apart) process.stdout.write(`${JSON.stringify(one)}\n`);
    process.stdout.write(
      `${agreed} of ${bundles} refused by both verifiers with the same codes (seed ${seed})\n`,
    );
    if (agreed < bundles) process.exitCode = 1;
  }
} finally {
  rmSync(temp, { recursive: true, force: true });
  await removeTempFolders();
}
