import type { BackendSource, ObtainRuntime } from "@stage6/lane-contract";

/** Version of the runtime that was tested; its package holds one program and no install script. */
const BUN_VERSION = "1.3.14";
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x64", arm64: "aarch64" };

function obtainBun(platform: string, arch: string): ObtainRuntime | null {
  const machine = ARCHITECTURES[arch];
  if (machine === undefined || (platform !== "linux" && platform !== "darwin")) return null;
  const name = `@oven/bun-${platform}-${machine}`;
  return {
    command: `npm install --prefix bun --ignore-scripts ${name}@${BUN_VERSION}`,
    program: `bun/node_modules/${name}/bin/bun`,
  };
}

/** Case is not published and has no licence: only the operator can provide it, and nothing of it lies in this package. */
export const BACKEND: BackendSource = {
  kind: "provided",
  variables: { binary: "STAGE6_CASE_BINARY", checkout: "STAGE6_CASE_CHECKOUT", runtime: "STAGE6_BUN" },
  checkout: {
    entry: "src/index.ts",
    // 30b1fa1 does not start as cloned, its parent does.
    obtain: "git clone https://github.com/workos/case && git -C case checkout --quiet 1bdc90c",
    runtime: "bun",
    obtainRuntime: obtainBun,
    dependencies: "node_modules",
    install: "install --frozen-lockfile --ignore-scripts",
    notSource: [".git", "node_modules", "dist"],
  },
};
