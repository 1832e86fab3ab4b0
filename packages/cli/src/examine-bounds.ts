import { BoundsError, probeStrict, testStrictDriver } from "@stage6/bounds";
import {
  ALLOWED_PROBES,
  escapeText,
  selfTestFaults,
  type ActionVerdict,
  type BoundsRequest,
  type BoundsTier,
  type SelfTestRows,
} from "@stage6/evidence-interface";
import { judgeActions } from "@stage6/runner";
import { textTable } from "./text-table.ts";

/** What bounds this host gives, and what they would be worth. */
export interface BoundsExamination {
  readonly requested: BoundsRequest;
  /** Null when what was asked for cannot be had. */
  readonly tier: BoundsTier | null;
  readonly reason: string;
  /** How to get the strict tier; null when it is there. */
  readonly cure: string | null;
  /** Null when the strict tier was not tested. */
  readonly selfTest: SelfTestRows | null;
  readonly faults: readonly string[];
  /** Verdicts of a trial in which nothing forbidden is seen. */
  readonly claims: readonly ActionVerdict[];
}

/** Examines the bounds of this host with a whole self-test. */
export async function examineBounds(requested: BoundsRequest): Promise<BoundsExamination> {
  const plain = { requested, selfTest: null, faults: [] };
  const claims = claimsOf(null);
  if (requested === "default")
    return { ...plain, tier: "default", reason: "the default tier was asked for", cure: null, claims };
  const probed = await probeStrict();
  if (!probed.ok) {
    const { code, detail, cure } = probed;
    const tier = requested === "strict" ? null : "default";
    return {
      ...plain,
      tier,
      reason: `no strict bounds (${code}): ${detail}`,
      cure,
      claims: tier === null ? [] : claims,
    };
  }
  const reason = `bubblewrap ${probed.bwrapVersion}`;
  try {
    const selfTest = await testStrictDriver(probed);
    const faults = selfTestFaults(selfTest);
    return { requested, tier: "strict", reason, cure: null, selfTest, faults, claims: claimsOf(faults) };
  } catch (error) {
    if (!(error instanceof BoundsError)) throw error;
    const faults = [error.message];
    return { ...plain, tier: "strict", reason, cure: null, faults, claims: claimsOf(faults) };
  }
}

function claimsOf(faults: readonly string[] | null): ActionVerdict[] {
  const strict = faults === null ? null : { faults, providerTools: false };
  return judgeActions({ remoteUnchanged: true, trees: [], cloneRefsUnchanged: true, strict });
}

/** An examination for a reader. */
export function describeBounds({
  requested,
  tier,
  reason,
  cure,
  selfTest,
  faults,
  claims,
}: BoundsExamination): string[] {
  const rows = selfTest ?? [];
  const wanted = (probe: (typeof rows)[number]["probe"]): string =>
    ALLOWED_PROBES.includes(probe) ? "must work" : "must fail";
  return [
    `bounds: ${requested} asked for, ${tier ?? "none"} to be had: ${escapeText(reason)}`,
    ...(cure === null ? [] : [`next: ${cure}`]),
    ...(rows.length === 0
      ? []
      : [
          "",
          ...textTable([
            ["self-test", "without bounds", "within", "within, it"],
            ...rows.map(({ probe, unbounded, bounded }) => [probe, unbounded, bounded, wanted(probe)]),
          ]),
        ]),
    ...(tier === "strict"
      ? [
          "",
          faults.length === 0
            ? "self-test: passed"
            : `self-test: not passed: ${escapeText(faults.join("; "))}`,
        ]
      : []),
    ...(claims.length === 0
      ? []
      : [
          "",
          ...textTable([
            ["if nothing is seen of", "a trial here can say"],
            ...claims.map(({ action, verdict, reason: why }) => [action, `${verdict}: ${escapeText(why)}`]),
          ]),
        ]),
  ];
}
