import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { PURE_BUILTINS, RANDOM_NAMES } from "./effects.ts";
import { isRecord } from "./is-record.ts";
import type { Layers } from "./layers.ts";
import type { SourceImport } from "./source-imports.ts";
import type { PackageTree } from "./workspace.ts";

/** One broken rule; `line` is 1-based, or 0 when the rule is about the whole file. */
export interface Violation {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A rule broken by one import: a stable code and one sentence. */
export type Breach = readonly [code: string, message: string];

/** Where an import stands: the package, the file, and what the file is allowed. */
export interface Standpoint {
  readonly tree: PackageTree;
  readonly file: string;
  readonly test: boolean;
  readonly mayDoEffects: boolean;
  readonly layers: Layers;
  readonly workspace: ReadonlyMap<string, PackageTree>;
  readonly rootDevelopment: readonly string[];
}

/** The rule an import breaks, or undefined. */
export function checkImport(found: SourceImport, from: Standpoint): Breach | undefined {
  const { specifier } = found;
  if (specifier === undefined) {
    return from.mayDoEffects
      ? undefined
      : ["UNKNOWN_SPECIFIER", "loads a module whose name is computed at run time"];
  }
  if (/^(\.|\/|file:|data:)/.test(specifier) || found.kind === "file")
    return checkRelative(specifier, found, from);
  if (isBuiltin(specifier)) return checkBuiltin(specifier, found, from);
  return checkPackage(specifier, found, from);
}

function checkRelative(specifier: string, found: SourceImport, from: Standpoint): Breach | undefined {
  const path = posix.join(posix.dirname(from.file), specifier);
  const outside = !/^\.{0,2}\//.test(specifier) && found.kind === "module";
  if (outside || specifier.startsWith("/") || path.startsWith("..")) {
    if (from.test && found.kind === "file") return undefined;
    return ["RELATIVE_REACH", `reaches out of its package by path: ${specifier}`];
  }
  if (found.kind === "file" || found.typeOnly || from.test) return undefined;
  if (isTest(path)) return ["TEST_REACHED", `production code imports a test file: ${specifier}`];
  if (!from.mayDoEffects && isEffectFile(path, from.tree.name, from.layers)) {
    return ["EFFECT_IN_PURE", `imports a folder that may do effects: ${specifier}`];
  }
  return undefined;
}

function checkBuiltin(specifier: string, found: SourceImport, from: Standpoint): Breach | undefined {
  if (from.mayDoEffects || found.typeOnly) return undefined;
  const name = specifier.replace(/^node:/, "");
  if (!PURE_BUILTINS.has(name)) return ["EFFECT_IN_PURE", `a pure package imports ${specifier}`];
  const random =
    name === "crypto" ? found.names.find((one) => one === "*" || RANDOM_NAMES.has(one)) : undefined;
  return random === undefined
    ? undefined
    : ["EFFECT_IN_PURE", `a pure package imports ${random} from ${specifier}`];
}

function checkPackage(specifier: string, found: SourceImport, from: Standpoint): Breach | undefined {
  const [first = "", second = ""] = specifier.split("/");
  const name = specifier.startsWith("@") ? `${first}/${second}` : first;
  if (name === from.tree.manifest.name) return undefined;
  const { production, development } = from.tree.manifest;
  const declared = from.test ? [...production, ...development, ...from.rootDevelopment] : production;
  const target = from.workspace.get(name);
  const layer = from.layers.packages[from.tree.name];
  if (target !== undefined && layer !== undefined && !from.test && !layer.mayImport.includes(target.name)) {
    return ["FORBIDDEN_ARROW", `${from.tree.name} may not import ${target.name}`];
  }
  const atRoot = from.tree.name === "." && (target !== undefined || development.includes(name));
  if (!declared.includes(name) && !atRoot)
    return ["UNDECLARED_IMPORT", `${name} is not declared in package.json`];
  if (from.mayDoEffects || found.typeOnly || target === undefined) return undefined;
  const reached = sourceOf(target, specifier.slice(name.length));
  if (reached === undefined || !isEffectFile(reached, target.name, from.layers)) return undefined;
  return ["EFFECT_IN_PURE", `a pure package imports ${specifier}, which may do effects`];
}

/** Whether a file is a test: excluded from the build, free to use development dependencies and effects. */
export function isTest(file: string): boolean {
  return /\.test(-d)?\.[mc]?[jt]sx?$/.test(file);
}

/** Whether a file lies where effects are allowed: an impure package, or an effect folder of a pure one. */
export function isEffectFile(file: string, name: string, layers: Layers): boolean {
  const layer = layers.packages[name];
  if (layer === undefined || !layer.pure) return true;
  const folders = [...layers.effectFolders, ...(layer.effectFolders ?? [])];
  return folders.some((folder) => file.startsWith(`${folder}/`));
}

function sourceOf(target: PackageTree, subpath: string): string | undefined {
  const { exports } = target.manifest;
  const entry = isRecord(exports) ? exports[`.${subpath}`] : undefined;
  const source = isRecord(entry) ? entry["@stage6/source"] : undefined;
  return typeof source === "string" ? posix.normalize(source) : undefined;
}
