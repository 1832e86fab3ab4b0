// Checks the arrows between packages and the purity of the deciding ones: npm run check:boundaries [folder]
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkWorkspace } from "./boundaries/check-workspace.ts";
import { parseLayers } from "./boundaries/layers.ts";
import { readWorkspace } from "./boundaries/workspace.ts";

const root = resolve(process.argv[2] ?? join(import.meta.dirname, ".."));
const layers = parseLayers(readFileSync(join(root, "tools", "layers.json"), "utf8"));
const trees = readWorkspace(root);
const { violations, files } = checkWorkspace(trees, layers, (file) => readFileSync(join(root, file), "utf8"));

for (const { code, file, line, message } of violations) {
  console.error(`${line > 0 ? `${file}:${line}` : file}: ${code} ${message}`);
}
// A check that looked at nothing has not passed.
const empty = trees.every((tree) => tree.name === "." || tree.files.length === 0);
if (empty) console.error("NOTHING_CHECKED no package with a source file was found");
console.log(`boundaries: ${files} files in ${trees.length} trees, ${violations.length} violations`);
process.exitCode = violations.length > 0 || empty ? 1 : 0;
