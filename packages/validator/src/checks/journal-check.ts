import type { GateCheck } from "../gate-check.ts";
import type { CheckedJournal } from "../journal/check-journal.ts";
import type { RootInput } from "../root-input.ts";
import { failedOn, notRun, passed } from "./make-check.ts";

/** Whether every document that ever counted is still there, and none beside them. */
export function journalCheck(journal: CheckedJournal | null, inputs: readonly RootInput[]): GateCheck {
  if (journal === null) return notRun("journal", "no line can be believed without sound trusted keys");
  if (journal.findings.length > 0) return failedOn("journal", journal.findings, inputs);
  const entries = journal.point?.entries ?? 0;
  const own = inputs.filter(({ role }) => role === "journal");
  return passed("journal", `${entries} documents, each as it was when it came`, own);
}
