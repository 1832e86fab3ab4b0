import { isRecord } from "./is-record.ts";

/** What one package may import from the workspace, and whether its code may touch the world. */
export interface Layer {
  readonly mayImport: readonly string[];
  readonly pure: boolean;
  readonly effectFolders?: readonly string[];
}

/** The map in tools/layers.json: allowed arrows by folder name, and the folders where a pure package may do effects. */
export interface Layers {
  readonly packages: Readonly<Record<string, Layer>>;
  readonly effectFolders: readonly string[];
}

/** Reads the map from JSON text; throws when it is not such a map or names a package it does not describe. */
export function parseLayers(text: string): Layers {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !isRecord(value.packages) || !isStrings(value.effectFolders)) {
    throw new Error("layers.json: expected { packages, effectFolders }");
  }
  const packages: Record<string, Layer> = {};
  for (const [name, layer] of Object.entries(value.packages)) {
    packages[name] = parseLayer(name, layer, Object.keys(value.packages));
  }
  for (const [name, { pure, mayImport }] of Object.entries(packages)) {
    const effectful = pure ? mayImport.find((other) => packages[other]?.pure === false) : undefined;
    if (effectful !== undefined)
      throw new Error(`layers.json: ${name} is pure and may import ${effectful}, which is not`);
  }
  return { packages, effectFolders: value.effectFolders };
}

function parseLayer(name: string, layer: unknown, known: readonly string[]): Layer {
  if (!isRecord(layer) || !isStrings(layer.mayImport) || typeof layer.pure !== "boolean") {
    throw new Error(`layers.json: ${name} needs mayImport (names) and pure (true or false)`);
  }
  const stranger = layer.mayImport.find((other) => !known.includes(other));
  if (stranger !== undefined)
    throw new Error(`layers.json: ${name} may import ${stranger}, which is not described`);
  const { mayImport, pure, effectFolders = [] } = layer;
  if (!isStrings(effectFolders)) throw new Error(`layers.json: ${name}.effectFolders must be names`);
  return { mayImport, pure, effectFolders };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
