import { escapeText, type Sha256 } from "@stage6/evidence-interface";
import type { Code } from "./code.ts";
import type { Evidence } from "./comparison.ts";
import { slotRef, type Slot } from "./trial-slots.ts";

const LONGEST = 600;

/** A fact about a trial as it stands in a comparison: text that came from a bundle is escaped and cut. */
export function evidenceOf(
  trial: string,
  bundle: Sha256 | null,
  code: Code,
  where: string,
  what: string,
): Evidence {
  return { trial: escapeText(trial), bundle, where: escapeText(where), code, what: escapeLong(what) };
}

/** Escapes like {@link escapeText}, but keeps up to 600 characters: two digests have to fit into one sentence. */
export function escapeLong(text: string): string {
  const chunks = text.slice(0, LONGEST).match(/[^]{1,200}/g) ?? [];
  return `${chunks.map(escapeText).join("")}${text.length > LONGEST ? "…" : ""}`;
}

/** A fact about a planned trial. */
export function slotEvidence(slot: Slot, code: Code, where: string, what: string): Evidence {
  return evidenceOf(slotRef(slot), slot.input?.bundleDigest ?? null, code, where, what);
}
