import { Policy, parsePolicy } from "@stage6/comparator";
import { readDocument, type ReadDocument } from "./read-document.ts";
import type { RootFinding } from "./root-finding.ts";
import { ROOT_FILES } from "./root-files.ts";

/** Reads the policy and holds it to its floors; one that goes below them is POLICY_WEAKENED and no policy. */
export async function readPolicy(root: string): Promise<ReadDocument<Policy, RootFinding>> {
  const document = await readDocument(root, ROOT_FILES.policy, Policy);
  if (document.value === null) return document;
  const parsed = parsePolicy(document.value);
  if (parsed.ok) return { ...document, value: parsed.policy };
  const findings = parsed.problems.map(({ code, pointer, message }): RootFinding => ({
    code,
    rule: "floor",
    file: ROOT_FILES.policy,
    pointer,
    expected: message,
  }));
  return { ...document, value: null, findings };
}
