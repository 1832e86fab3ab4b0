import {
  type BackendSource,
  field,
  isPlainPath,
  type JsonRecord,
  parseRecord,
  textField,
} from "@stage6/lane-contract";

/** Rust target triples of the published native packages, by `<platform>-<arch>` of Node. */
const TRIPLES: ReadonlyMap<string, string> = new Map([
  ["linux-x64", "x86_64-unknown-linux-musl"],
  ["linux-arm64", "aarch64-unknown-linux-musl"],
  ["darwin-x64", "x86_64-apple-darwin"],
  ["darwin-arm64", "aarch64-apple-darwin"],
]);

/**
 * Files that describe the native package, newest layout first. 0.150 and later ship `codex-package.json`; up to
 * 0.125 there is only the package's own `package.json`. No Windows: the lane's sandbox claims were never measured there.
 */
export function manifests(platform: string, arch: string): readonly string[] {
  const triple = TRIPLES.get(`${platform}-${arch}`);
  if (triple === undefined) return [];
  const folder = `@openai/codex-${platform}-${arch}`;
  return [`${folder}/vendor/${triple}/codex-package.json`, `${folder}/package.json`];
}

/** The binary's path relative to the manifest's folder; null on anything odd (no JSON, absolute path, `..`). */
export function entrypoint(manifestText: string): string | null {
  const manifest = parseRecord(manifestText);
  if (manifest === null) return null;
  const stated = field(manifest, "entrypoint");
  if (stated === undefined) return oldLayout(manifest);
  return typeof stated === "string" && isPlainPath(stated) ? stated : null;
}

/** Up to 0.125: `vendor/<triple>/codex/codex` inside the platform's version of the package, `0.104.0-linux-x64`. */
function oldLayout(manifest: JsonRecord): string | null {
  if (field(manifest, "name") !== "@openai/codex") return null;
  const platform = /^[0-9]+\.[0-9]+\.[0-9]+-([a-z0-9]+-[a-z0-9]+)$/.exec(textField(manifest, "version"))?.[1];
  const triple = platform === undefined ? undefined : TRIPLES.get(platform);
  return triple === undefined ? null : `vendor/${triple}/codex/codex`;
}

/** Where the native binary lies: never the npm wrapper, whose death leaves the binary running (measured, Node 20). */
export const BACKEND: BackendSource = { kind: "npm-native", folder: "codex", manifests, entrypoint };
