import { Acceptance, type EligibilityDocuments, type RawFile } from "@stage6/eligibility";
import {
  parseStrictBytes,
  readJournal,
  validateDocument,
  type JournalKind,
  type JournalPoint,
  type Timestamp,
} from "@stage6/evidence-interface";
import { ROOT_FILES } from "../root-files.ts";
import type { RootInput } from "../root-input.ts";
import type { CountedDocument, SeenPoint } from "./check-journal.ts";

const KINDS: Partial<Record<RootInput["role"], JournalKind>> = {
  plan: "plan",
  intent: "intent",
  applicability: "applicability",
  stage5: "stage5",
  admission: "admission",
  proof: "proof",
  acceptance: "acceptance",
  record: "record",
};

/** The documents that count among the files that were read; runs of the failure matrix show a state and are no sample. */
export function countedDocuments(inputs: readonly RootInput[]): CountedDocument[] {
  return inputs.flatMap(({ role, path, sha256 }) => {
    const kind = KINDS[role];
    const counts = kind !== undefined && !path.endsWith(".sig") && !path.startsWith(`${ROOT_FILES.matrix}/`);
    return !counts ? [] : [{ kind, path, sha256 }];
  });
}

/** The points of the journal that operators signed in their acceptances; a document that is none says nothing. */
export function acceptedPoints(acceptances: EligibilityDocuments["acceptances"]): SeenPoint[] {
  return [...acceptances.values()].flat().flatMap(({ document }) => {
    const json = parseStrictBytes(document.bytes);
    const checked = json.ok ? validateDocument(Acceptance, json.value) : null;
    return checked?.ok === true ? [{ file: document.path, point: checked.value.journal }] : [];
  });
}

/** How far a journal says that it goes and when each document came, before anything of it is checked; nothing for one that is no chain. */
export function journalAsRead(file: RawFile | null): {
  readonly point: JournalPoint;
  readonly registeredAt: ReadonlyMap<string, Timestamp>;
} {
  const journal = readJournal(file?.bytes ?? Buffer.of());
  if (!journal.ok) return { point: { entries: 0, head: null }, registeredAt: new Map() };
  return {
    point: journal.point,
    // A path that stands there twice came when its first line says.
    registeredAt: new Map(journal.entries.toReversed().map(({ path, at }) => [path, at])),
  };
}
