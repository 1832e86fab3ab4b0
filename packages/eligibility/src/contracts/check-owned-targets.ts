import {
  checkOwnership,
  CommitId,
  escapeText,
  OwnershipRecord,
  sha256,
  type TrialPlan,
} from "@stage6/evidence-interface";
import Type from "typebox";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { readDocument } from "../read-document.ts";

/** What of a fixture bears on ownership; the plan's digest vouches for the rest. */
const Target = Type.Object({
  repository: Type.Object({ baseCommit: CommitId, origin: Type.Optional(Type.String()) }),
  allowedPaths: Type.Array(Type.String()),
});

/** Fixtures and their ownership records as they lie in a root, by fixture. */
export interface TargetFiles {
  readonly fixtures: ReadonlyMap<string, RawFile>;
  readonly ownership: ReadonlyMap<string, RawFile>;
}

/** Every fixture of a plan is an owned, noncritical repository, by the record and the fixture that the plan itself names. */
export function checkOwnedTargets(plan: TrialPlan, files: TargetFiles): readonly Problem[] {
  const code = "TARGET_NOT_OWNED";
  return plan.fixtures.flatMap((planned): Problem[] => {
    const [path, targetPath] = ["ownership", "fixture"].map((name) => `fixtures/${planned.id}/${name}.json`);
    const [recordFile, targetFile] = [files.ownership.get(planned.id), files.fixtures.get(planned.id)];
    const record = readDocument(OwnershipRecord, recordFile, path ?? "", code);
    const target = readDocument(Target, targetFile, targetPath ?? "", code);
    const found = [...record.problems, ...target.problems];
    if (record.value === null || target.value === null || !recordFile || !targetFile) return found;
    if (sha256(targetFile.bytes) !== planned.digest)
      found.push(
        problemIn(targetFile.path, code, "other-target", `the fixture of the plan, ${planned.digest}`),
      );
    if (sha256(recordFile.bytes) !== planned.ownershipDigest)
      found.push(
        problemIn(
          recordFile.path,
          code,
          "other-record",
          `the ownership record of the plan, ${planned.ownershipDigest ?? "which names none"}`,
        ),
      );
    const reasons = checkOwnership(record.value, {
      fixture: planned.id,
      baseCommit: planned.baseCommit,
      origin: target.value.repository.origin ?? null,
      allowedPaths: target.value.allowedPaths,
    });
    return [
      ...found,
      ...reasons.map((reason) => problemIn(recordFile.path, code, "not-owned", escapeText(reason))),
    ];
  });
}
