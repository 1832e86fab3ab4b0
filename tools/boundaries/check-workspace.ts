import { checkImport, isEffectFile, isTest, type Standpoint, type Violation } from "./check-imports.ts";
import type { Layers } from "./layers.ts";
import { readSource, type SourceFacts } from "./read-source.ts";
import type { PackageTree } from "./workspace.ts";

/** Checks manifests and sources of a workspace against the map; `read` gives the text of a file relative to the root. */
export function checkWorkspace(
  trees: readonly PackageTree[],
  layers: Layers,
  read: (file: string) => string,
): { readonly violations: readonly Violation[]; readonly files: number } {
  const workspace = new Map(trees.map((tree) => [tree.manifest.name, tree]));
  const rootDevelopment = trees.find((tree) => tree.name === ".")?.manifest.development ?? [];
  const violations = [
    ...checkMap(trees, layers),
    ...trees.flatMap((tree) => checkManifest(tree, layers, workspace)),
  ];
  for (const tree of trees) {
    for (const file of tree.files) {
      const test = isTest(file);
      const mayDoEffects = test || isEffectFile(file, tree.name, layers);
      const from = { tree, file, test, mayDoEffects, layers, workspace, rootDevelopment };
      violations.push(...checkFile(from, read(`${tree.folder}/${file}`)));
    }
  }
  const files = trees.reduce((sum, tree) => sum + tree.files.length, 0);
  return { violations, files };
}

function checkMap(trees: readonly PackageTree[], layers: Layers): Violation[] {
  const present = trees.map((tree) => tree.name);
  const missing = Object.keys(layers.packages).filter((name) => !present.includes(name));
  return missing.map((name) =>
    aboutFile("MISSING_PACKAGE", "tools/layers.json", `${name} has no folder in packages/`),
  );
}

function checkManifest(tree: PackageTree, layers: Layers, workspace: Standpoint["workspace"]): Violation[] {
  if (tree.name === ".") return [];
  const file = `${tree.folder}/package.json`;
  const layer = layers.packages[tree.name];
  if (layer === undefined)
    return [aboutFile("UNKNOWN_PACKAGE", file, `${tree.name} is not in tools/layers.json`)];
  const targets = tree.manifest.production.flatMap((name) => workspace.get(name)?.name ?? []);
  const forbidden = targets.filter((name) => !layer.mayImport.includes(name));
  const arrows = forbidden.map((name) =>
    aboutFile("FORBIDDEN_ARROW", file, `${tree.name} may not depend on ${name}`),
  );
  const cycle = findCycle(tree, workspace);
  return cycle === undefined ? arrows : [...arrows, aboutFile("DEPENDENCY_CYCLE", file, cycle.join(" -> "))];
}

/** A way from a package back to itself, development dependencies included, or undefined. */
function findCycle(start: PackageTree, workspace: Standpoint["workspace"]): string[] | undefined {
  const seen = new Set<PackageTree>();
  const follow = (tree: PackageTree, path: string[]): string[] | undefined => {
    if (tree === start && path.length > 0) return [...path, tree.name];
    if (seen.has(tree)) return undefined;
    seen.add(tree);
    for (const name of [...tree.manifest.production, ...tree.manifest.development]) {
      const next = workspace.get(name);
      const found = next === undefined ? undefined : follow(next, [...path, tree.name]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return follow(start, []);
}

function checkFile(from: Standpoint, text: string): Violation[] {
  const file = from.tree.folder === "." ? from.file : `${from.tree.folder}/${from.file}`;
  let facts: SourceFacts;
  try {
    facts = readSource(from.file, text);
  } catch (error) {
    return [aboutFile("PARSE_ERROR", file, error instanceof Error ? error.message : String(error))];
  }
  const lineOf = (start: number) => text.slice(0, start).split("\n").length;
  const violations: Violation[] = [];
  for (const found of facts.imports) {
    const breach = checkImport(found, from);
    if (breach !== undefined)
      violations.push({ code: breach[0], file, line: lineOf(found.start), message: breach[1] });
  }
  if (from.mayDoEffects) return violations;
  for (const { what, start } of facts.effects) {
    violations.push({
      code: "EFFECT_IN_PURE",
      file,
      line: lineOf(start),
      message: `a pure package uses ${what}`,
    });
  }
  return violations;
}

function aboutFile(code: string, file: string, message: string): Violation {
  return { code, file, line: 0, message };
}
