import type { BackendSource } from "@stage6/lane-contract";

/** Case is not published and has no licence: only the operator can provide it, and nothing of it lies in this package. */
export const BACKEND: BackendSource = {
  kind: "provided",
  variables: { binary: "STAGE6_CASE_BINARY", checkout: "STAGE6_CASE_CHECKOUT", runtime: "STAGE6_BUN" },
  checkout: {
    entry: "src/index.ts",
    obtain: "git clone https://github.com/workos/case",
    runtime: "bun",
    dependencies: "node_modules",
    install: "bun install --frozen-lockfile --ignore-scripts",
    notSource: [".git", "node_modules", "dist"],
  },
};
