import type { KeyObject } from "node:crypto";
import { trustedKeysOf } from "@stage6/eligibility";
import type { TrustedKeys } from "@stage6/evidence-interface";
import type { OpenRoot } from "./open-root.ts";
import { readRoleKey, type MachineRole } from "./role-keys.ts";

/** Public keys that may sign in one role now, by id. */
export function keysOfRole({ machines, now }: OpenRoot, role: MachineRole): TrustedKeys {
  return trustedKeysOf(machines, role, now);
}

/** The private key of a role of this root; throws KEY_MISSING or KEY_UNTRUSTED. */
export async function openRoleKey(root: OpenRoot, role: MachineRole, keys: string): Promise<KeyObject> {
  return readRoleKey(role, keys, root.config.id, keysOfRole(root, role));
}
