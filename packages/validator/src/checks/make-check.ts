import { MAX_CHECK_EVIDENCE, type CheckId, type GateCheck, type GateEvidence } from "../gate-check.ts";
import { formatRootFinding, type RootFinding } from "../root-finding.ts";
import type { RootInput } from "../root-input.ts";
import { escapeLong } from "../text.ts";
import { exitCodeOfCheck } from "../verdict-of-checks.ts";

const REQUIREMENTS: Readonly<Record<CheckId, readonly string[]>> = {
  "root-readable": ["R44"],
  "harness-config": ["R4", "R14", "R18", "R30", "R56"],
  trust: ["R24"],
  policy: ["R6", "R13"],
  journal: ["R20", "R23", "R40"],
  "plan-present": ["R8", "R20"],
  bundles: ["R23", "R26", "R32"],
  applicability: ["R8", "R31", "R48", "R57"],
  comparison: ["R2", "R8", "R31", "R33", "R34", "R35", "R36", "R37", "R41", "R47", "R48", "R57"],
  "comparison-stored": ["R2", "R23"],
  "evidence-class": ["R19"],
  "trust-root": ["R20", "R24", "R40"],
  "policy-signed": ["R6", "R13"],
  contracts: ["R52", "R54", "R55"],
  "lane-registry": ["R3", "R4", "R14", "R18", "R29", "R30", "R56"],
  ownership: ["R15"],
  order: ["R2", "R7", "R8"],
  authority: ["R13", "R41", "R58"],
  "comparison-by-signed-policy": ["R2", "R5", "R31", "R47", "R58"],
  proof: ["R2", "R5", "R23"],
  ledger: ["R40"],
  records: ["R1", "R5", "R14", "R46"],
  "failure-matrix": ["R10", "R27", "R39", "R49", "R55"],
  stage5: ["R2", "R7", "R28", "R51"],
  "source-admission": ["R9", "R38", "R50", "R53"],
  "operator-acceptance": ["R12", "R20", "R40"],
};

/** Builds one check with its requirements; text is escaped and cut, evidence is cut. */
export function makeCheck(
  id: CheckId,
  verdict: GateCheck["verdict"],
  code: string | null,
  message: string,
  evidence: readonly GateEvidence[] = [],
): GateCheck {
  return {
    id,
    requirements: [...REQUIREMENTS[id]],
    verdict,
    code,
    message: escapeLong(message, 600),
    evidence: evidence.slice(0, MAX_CHECK_EVIDENCE),
  };
}

/** A check that did not run, and why: it fails. */
export function notRun(id: CheckId, why: string): GateCheck {
  return makeCheck(id, "fail", "NOT_RUN", why);
}

/** A check that fails on findings: the gravest names the code, all are evidence. There must be at least one. */
export function failedOn(
  id: CheckId,
  findings: readonly RootFinding[],
  inputs: readonly RootInput[] = [],
): GateCheck {
  const gravest =
    findings.find(({ code }) => exitCodeOfCheck({ verdict: "fail", code }) === 3) ?? findings[0];
  if (gravest === undefined) return notRun(id, "nothing was found");
  const digests = new Map(inputs.map(({ path, sha256 }) => [path, sha256]));
  const evidence = findings.map((finding): GateEvidence => {
    const sha256 = digests.get(finding.file);
    return {
      path: escapeLong(finding.file, 1000),
      ...(sha256 === undefined ? {} : { sha256 }),
      what: formatRootFinding(finding),
    };
  });
  const files = [...new Set(findings.map(({ file }) => file))];
  const count = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  return makeCheck(
    id,
    "fail",
    gravest.code,
    files.length === 1 ? `${count} in ${gravest.file}` : `${count} in ${files.length} files`,
    evidence,
  );
}

/** A check that passes on the documents it read. */
export function passed(id: CheckId, message: string, inputs: readonly RootInput[] = []): GateCheck {
  return makeCheck(
    id,
    "pass",
    null,
    message,
    inputs.map(({ path, sha256 }) => ({ path, sha256 })),
  );
}
