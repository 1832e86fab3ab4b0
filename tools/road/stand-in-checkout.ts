import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import { makeCaseCheckout, type CaseCheckout } from "../../packages/cli/src/testing/case-checkout.ts";

/**
 * Makes a checkout below `folder` whose one program is the stand-in candidate, with Node as its runtime. It takes Case's
 * place in a test of the road and nowhere else: the lane names it by its help text, which no tested version has.
 */
export async function makeStandInCheckout(folder: string): Promise<CaseCheckout> {
  const source = await readFile(join(import.meta.dirname, "stand-in-candidate.ts"), "utf8");
  const { code } = await transform(source, { loader: "ts", format: "cjs", target: "node20" });
  const made = await makeCaseCheckout(folder, "stand-in", { "src/index.ts": code });
  return { ...made, runtime: process.execPath, env: { ...made.env, STAGE6_BUN: process.execPath } };
}
