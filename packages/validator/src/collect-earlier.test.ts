import { digestHex, sha256, writeStrictBytes, type TrialPlan } from "@stage6/evidence-interface";
import { afterAll, expect, test } from "vitest";
import { validateRoot } from "./validate-root.ts";
import { writeDocument, writeSampleRoot } from "./testing/sample-root.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";

afterAll(removeTempFolders);

const NOW = "2026-01-02T00:00:00.000Z";
const pinned = (plan: TrialPlan): TrialPlan => ({
  ...plan,
  lanes: plan.lanes.map((lane) =>
    lane.lane === "case" ? { ...lane, backendSha256: sha256("binary") } : lane,
  ),
});

test("an earlier plan for the same candidate has to be listed by the plan that follows it", async () => {
  const root = await tempFolder();
  const { plan, planId } = await writeSampleRoot(root, { plan: pinned });
  const earlier = { ...plan, createdAt: "2025-12-01T00:00:00.000Z" };
  const id = digestHex(sha256(writeStrictBytes(earlier))).slice(0, 16);
  await writeDocument(root, `plans/${id}.json`, earlier);
  const { comparison } = await validateRoot({ root, now: NOW, planId });
  expect(comparison?.checks.find((one) => one.id === "earlier-plans")).toMatchObject({
    verdict: "fail",
    code: "EARLIER_PLAN_UNLISTED",
    evidence: [{ trial: id }],
  });
});
