import { probeStrict, type StrictDriver } from "@stage6/bounds";
import type { ProtectedTree } from "./protected-trees.ts";

/** What holds backend code that is started outside of a trial, and what it may not have changed afterwards. */
export interface StartBounds {
  /** Strict driver of this host; null where it has none, and backend code then runs unconfined. */
  readonly driver: StrictDriver | null;
  /** Trees that are looked at before and after an unconfined start. */
  readonly protectedTrees: readonly ProtectedTree[];
}

/** The strict bounds of this host where they can be had, whatever tier a plan has. */
export async function startBounds(protectedTrees: readonly ProtectedTree[] = []): Promise<StartBounds> {
  const probed = await probeStrict();
  return { driver: probed.ok ? probed : null, protectedTrees };
}
