import { createPublicKey, type KeyObject } from "node:crypto";
import { keyId, type TrustedKeys } from "@stage6/evidence-interface";
import type { OpenRoot } from "./open-root.ts";
import { readRoleKey, type MachineRole } from "./role-keys.ts";

/** Public keys that a root trusts in one role, by id. */
function keysOfRole(root: OpenRoot, role: MachineRole): TrustedKeys {
  const keys = root.keys.keys
    .filter((one) => one.role === role)
    .map(({ publicKey }) => createPublicKey(publicKey));
  return new Map(keys.map((key) => [keyId(key), key]));
}

/** The private key of a role of this root; throws KEY_MISSING or KEY_UNTRUSTED. */
export async function openRoleKey(root: OpenRoot, role: MachineRole, keys: string): Promise<KeyObject> {
  return readRoleKey(role, keys, root.config.id, keysOfRole(root, role));
}
