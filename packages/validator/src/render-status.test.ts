import { rmSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@stage6/evidence-interface";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHECK_IDS, type CheckId } from "./gate-check.ts";
import type { GateResult } from "./gate-result.ts";
import { renderStatus } from "./render-status.ts";
import { writeGateRoot } from "./testing/gate-root.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";

const NOW = "2026-06-05T00:00:00.000Z";
/** A root whose checks are set by hand below; and one in which a trial is missing. */
let whole: GateResult;
let partial: GateResult;
beforeAll(async () => {
  const folder = await tempFolder();
  const { root, planId } = await writeGateRoot(join(folder, "root"));
  whole = await validateRoot({ root, now: NOW });
  rmSync(join(root, "runs", planId, "codex"), { recursive: true });
  partial = await validateRoot({ root, now: NOW });
});
afterAll(() => removeTempFolders());

/** The result with only these checks failing, each with its code; a record is there. */
function failing(codes: Partial<Record<CheckId, string>>): GateResult {
  const checks = CHECK_IDS.map((id) => ({
    id,
    requirements: [],
    verdict: codes[id] === undefined ? ("pass" as const) : ("fail" as const),
    code: codes[id] ?? null,
    message: "",
    evidence: [],
  }));
  const inputs = [{ role: "record" as const, path: "eligibility/x.dsse.json", sha256: sha256("") }];
  return { ...whole, checks, inputs };
}

const steps = (result: GateResult): string[] =>
  renderStatus(result, (words) => words.join(" "))
    .steps.filter(({ state }) => state !== "done")
    .map(({ name, state, code }) => [name, state, code ?? ""].join(" ").trim());

test("every check that fails keeps its step from being done", () => {
  expect(steps(failing({}))).toEqual([]);
  const unseen = CHECK_IDS.filter((id) => steps(failing({ [id]: "LANE_NA_INVALID" })).length === 0);
  expect(unseen).toEqual([]);
});

test("trials of which some are missing are not done, however sound the others are", () => {
  const { text } = renderStatus(partial, (words) => words.join(" "));
  expect(text.replaceAll(/\s+/gu, " ")).toMatch(/missing trials: \d+ of \d+ planned trials left a bundle/u);
  expect(steps(whole)).not.toContain("trials missing");
});

test("no acceptance and no record is done that rests on a proof which does not hold", () => {
  expect(steps(failing({ proof: "PROOF_REVOKED" }))).toEqual([
    "proof refused PROOF_REVOKED",
    "acceptance missing",
    "record missing",
  ]);
});

test("the next command is one that helps with the code", () => {
  const next = (codes: Partial<Record<CheckId, string>>): string | null =>
    renderStatus(failing(codes), (words) => words.join(" ")).next;
  expect(next({ applicability: "LANE_NA_INVALID" })).toBe("not-applicable --lane LANE");
  expect(next({ "trust-root": "FOUNDER_UNKNOWN" })).toBe("operator trust FINGERPRINT");
  expect(next({ comparison: "MISSING_TRIAL" })).toBe("run");
});
