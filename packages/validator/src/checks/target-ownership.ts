import { checkOwnership, CommitId, OwnershipRecord, type PlannedFixture } from "@stage6/evidence-interface";
import Type from "typebox";
import type { GateCheck, GateEvidence } from "../gate-check.ts";
import { readDocument } from "../read-document.ts";
import type { PlanEntry } from "../read-plans.ts";
import { formatRootFinding } from "../root-finding.ts";
import { ROOT_FILES } from "../root-files.ts";
import type { RootInput } from "../root-input.ts";
import { escapeLong } from "../text.ts";
import { makeCheck, notRun, passed } from "./make-check.ts";

/** What of a fixture bears on ownership; the plan's digest vouches for the rest. */
const TargetPart = Type.Object({
  repository: Type.Object({ baseCommit: CommitId, origin: Type.Optional(Type.String()) }),
  allowedPaths: Type.Array(Type.String()),
});

/** The check `target-ownership` and the records that it read: every fixture of the plan is owned, noncritical and agreed to. */
export async function checkTargetOwnership(
  root: string,
  selected: PlanEntry | null,
): Promise<{ readonly check: GateCheck; readonly inputs: readonly RootInput[] }> {
  const id = "target-ownership";
  if (selected === null) return { check: notRun(id, "no plan"), inputs: [] };
  const { fixtures } = selected.plan;
  const judged = await Promise.all(fixtures.map((fixture) => judgeTarget(root, fixture)));
  const inputs = judged.flatMap(({ input }) => (input === null ? [] : [input]));
  const evidence = judged.flatMap((one) => one.evidence);
  const check =
    evidence.length === 0
      ? passed(id, `${fixtures.length} targets, each owned and noncritical by its owner's record`, inputs)
      : makeCheck(
          id,
          "fail",
          "TARGET_NOT_OWNED",
          `${evidence.length} reasons why a target may not be given to a lane`,
          evidence,
        );
  return { check, inputs };
}

async function judgeTarget(
  root: string,
  planned: PlannedFixture,
): Promise<{ readonly evidence: readonly GateEvidence[]; readonly input: RootInput | null }> {
  const folder = `${ROOT_FILES.fixtures}/${planned.id}`;
  const [path, targetPath] = [`${folder}/ownership.json`, `${folder}/fixture.json`];
  const [record, target] = [
    await readDocument(root, path, OwnershipRecord),
    await readDocument(root, targetPath, TargetPart),
  ];
  const input: RootInput | null =
    record.sha256 === null ? null : { path, sha256: record.sha256, role: "ownership" };
  const say = (file: string, what: string): GateEvidence => ({ path: file, what: escapeLong(what, 1000) });
  const unread = [...record.findings, ...target.findings];
  if (record.value === null || target.value === null)
    return { evidence: unread.map((finding) => say(finding.file, formatRootFinding(finding))), input };
  const evidence: GateEvidence[] = [];
  if (target.sha256 !== planned.digest)
    evidence.push(say(targetPath, "is not the fixture that the plan names"));
  if (record.sha256 !== planned.ownershipDigest)
    evidence.push(say(path, "is not the ownership record that the plan names"));
  const { repository, allowedPaths } = target.value;
  const reasons = checkOwnership(record.value, {
    fixture: planned.id,
    baseCommit: planned.baseCommit,
    origin: repository.origin ?? null,
    allowedPaths,
  });
  return { evidence: [...evidence, ...reasons.map((reason) => say(path, reason))], input };
}
