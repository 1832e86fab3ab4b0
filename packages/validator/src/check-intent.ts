import { posix, sep } from "node:path";
import { AttemptIntent, type Finding, type Sha256, type TrialRef } from "@stage6/evidence-interface";
import { trialPath } from "@stage6/evidence-interface/fs";
import { readDocument } from "./read-document.ts";
import { ROOT_FILES } from "./root-files.ts";
import type { RootInput } from "./root-input.ts";

/** The attempt that left a bundle. */
export interface Attempt {
  readonly trial: TrialRef;
  readonly attemptId: string;
  readonly planDigest: Sha256;
}

/** Whether the attempt that left a bundle was announced before it ran: its intent is there and names the same trial and plan. */
export async function checkIntent(
  root: string,
  attempt: Attempt,
): Promise<{ readonly findings: readonly Finding[]; readonly input: RootInput | null }> {
  const path = posix.join(
    ROOT_FILES.attempts,
    trialPath(attempt.trial).split(sep).join("/"),
    `${attempt.attemptId}.json`,
  );
  const { value, sha256, findings } = await readDocument(root, path, AttemptIntent);
  const input: RootInput | null = sha256 === null ? null : { role: "intent", path, sha256 };
  if (value === null)
    return {
      findings: findings.map((finding) =>
        finding.code === "ARTIFACT_MISSING" ? { ...finding, rule: "intent" } : finding,
      ),
      input,
    };
  return { findings: differences(path, textOf(value), textOf(attempt)), input };
}

function textOf({ trial, attemptId, planDigest }: Attempt): string {
  return `${trial.planId}/${trial.lane}/${trial.fixture}/${trial.number} attempt ${attemptId} plan ${planDigest}`;
}

function differences(file: string, found: string, expected: string): Finding[] {
  return found === expected ? [] : [{ code: "TRIAL_MISMATCH", rule: "intent", file, found, expected }];
}
