import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { identifyFolder } from "./bundle-identity.ts";

/**
 * What checks and compares here, as one digest: the code of the checks, the version of the schema library they stand on, and
 * the version of Node. Another build never shares what this one found; null when the code cannot be read.
 */
export function toolIdentity(): string | null {
  const hash = createHash("blake2b512").update(process.version);
  try {
    hash.update(readFileSync(new URL("../package.json", import.meta.resolve("typebox"))));
    for (const name of ["@stage6/evidence-interface", "@stage6/comparator"]
      .map((one) => import.meta.resolve(one))
      .concat(import.meta.url)) {
      const identity = identifyFolder(dirname(fileURLToPath(name)));
      if (identity === null) return null;
      hash.update(identity);
    }
  } catch {
    return null;
  }
  return hash.digest("hex");
}
