import { createHash, type Hash } from "node:crypto";

/** Running SHA-256; `digest()` gives the written form `sha256:<hex>`. */
export const startSha256 = (): { update(bytes: Uint8Array): void; digest(): string } => {
  const hash: Hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => `sha256:${hash.digest("hex")}` };
};
