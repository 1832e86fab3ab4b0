import { cp, readdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { validateDocument } from "@stage6/evidence-interface";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECK_IDS } from "./gate-check.ts";
import { GateResult } from "./gate-result.ts";
import { rootCopies } from "./testing/root-copies.ts";
import { writeSampleRoot, type SampleRoot } from "./testing/sample-root.ts";
import { snapshot } from "./testing/snapshot.ts";
import { flipByte } from "./testing/spoil.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";
import { verdictOfChecks } from "./verdict-of-checks.ts";

const now = "2026-01-02T00:00:00.000Z";
const judge = (root: string, planId?: string): Promise<GateResult> =>
  validateRoot({ root, now, ...(planId === undefined ? {} : { planId }) });
const checkOf = (result: GateResult, id: string): GateResult["checks"][number] => {
  const check = result.checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check;
};
const codesOf = (result: GateResult): Record<string, string | null> =>
  Object.fromEntries(result.checks.map(({ id, code }) => [id, code]));

/** What holds for every result, whatever it says. */
function expectWellFormed(result: GateResult, root: string): void {
  expect(validateDocument(GateResult, result)).toMatchObject({ ok: true });
  const ids = result.checks.map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids)).toEqual(new Set(CHECK_IDS));
  expect(verdictOfChecks(result.checks)).toEqual({ verdict: result.verdict, exitCode: result.exitCode });
  expect(JSON.stringify(result)).not.toContain(root);
}

let original: SampleRoot;
let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ original, copy } = await rootCopies());
});

describe("a whole rehearsal", () => {
  it("is refused for what is still missing, and for nothing else", async () => {
    const result = await judge(original.root);
    expectWellFormed(result, original.root);
    expect(result).toMatchObject({ verdict: "refused", exitCode: 1, activation: "none", matrix: null, now });
    expect(codesOf(result)).toEqual({
      applicability: null,
      authority: null,
      bundles: null,
      comparison: null,
      "comparison-by-signed-policy": "NOT_RUN",
      "comparison-stored": null,
      contracts: null,
      "evidence-class": "EVIDENCE_MISSING",
      "failure-matrix": "MATRIX_INCOMPLETE",
      "harness-config": null,
      journal: null,
      "lane-registry": null,
      ledger: null,
      "operator-acceptance": "NOT_RUN",
      order: null,
      ownership: null,
      "plan-present": null,
      policy: null,
      "policy-signed": "NOT_RUN",
      proof: "NOT_RUN",
      records: "NOT_RUN",
      "root-readable": null,
      "source-admission": "NOT_RUN",
      stage5: "NOT_RUN",
      trust: null,
      "trust-root": "OPERATOR_UNKNOWN",
    });
    expect(result.counts.trials).toEqual({ planned: 8, present: 8, invalid: 0, missing: 0, extra: 0 });
    expect(result.inputs.map(({ role }) => role)).toEqual(
      expect.arrayContaining(["harness", "policy", "trusted-keys", "plan", "intent", "bundle", "comparison"]),
    );
  });

  it("gives the same document from another folder", async () => {
    const { root } = await copy();
    expect(await judge(root)).toEqual(await judge(original.root));
  });

  it("writes nothing below the root", async () => {
    const before = await snapshot(original.root);
    await judge(original.root);
    expect(await snapshot(original.root)).toEqual(before);
  });
});

describe("one changed byte", () => {
  it("makes any file of a bundle invalid evidence and is named", async () => {
    const { root, bundles } = await copy();
    const bundle = bundles[3]!;
    const files = (await readdir(join(root, bundle), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths) {
      await flipByte(root, path);
      const result = await judge(root);
      expect([path, result.exitCode, result.verdict]).toEqual([path, 3, "invalid"]);
      expect(checkOf(result, "bundles").evidence.map((one) => one.path)).toContain(path);
      expect(
        checkOf(result, "bundles")
          .evidence.map((one) => one.what)
          .join("\n"),
      ).toContain(path);
      await cp(join(original.root, path), join(root, path));
    }
    expect((await judge(root)).exitCode).toBe(1);
  });

  it("makes a plan no plan: DIGEST_MISMATCH under its name", async () => {
    const { root, planId } = await copy();
    const path = `plans/${planId}.json`;
    const text = JSON.stringify({ ...original.plan, createdAt: "2026-01-01T00:00:00.001Z" });
    await writeFile(join(root, path), text);
    const result = await judge(root);
    expectWellFormed(result, root);
    expect(result.exitCode).toBe(3);
    expect(checkOf(result, "plan-present")).toMatchObject({ code: "DIGEST_MISMATCH", evidence: [{ path }] });
    expect(codesOf(result)).toMatchObject({
      bundles: "NOT_RUN",
      comparison: "NOT_RUN",
      "comparison-stored": "NOT_RUN",
      "evidence-class": "NOT_RUN",
    });
  });

  it("makes a stored comparison diverge", async () => {
    const { root, planId } = await copy();
    await flipByte(root, `comparisons/${planId}.json`);
    const result = await judge(root);
    expect(result.exitCode).toBe(3);
    expect(checkOf(result, "comparison-stored")).toMatchObject({
      code: "REPLAY_DIVERGED",
      evidence: [{ path: `comparisons/${planId}.json` }],
    });
  });
});

describe("a root that is not whole", () => {
  it("is invalid when it is not there, or is a file", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "file"), "");
    for (const [name, code] of [
      ["none", "UNREADABLE"],
      ["file", "NOT_A_FILE"],
    ] as const) {
      const result = await judge(join(folder, name));
      expectWellFormed(result, folder);
      expect(result).toMatchObject({ exitCode: 3, policy: null, plan: null });
      expect(codesOf(result)).toMatchObject({
        "root-readable": code,
        "harness-config": "NOT_RUN",
        bundles: "NOT_RUN",
      });
    }
  });

  it("is invalid when empty, naming each document", async () => {
    const root = await tempFolder();
    const result = await judge(root);
    expectWellFormed(result, root);
    expect(result.exitCode).toBe(3);
    expect(codesOf(result)).toMatchObject({
      "harness-config": "ARTIFACT_MISSING",
      policy: "ARTIFACT_MISSING",
      trust: "ARTIFACT_MISSING",
      "plan-present": "EVIDENCE_MISSING",
    });
  });

  it("has no plan by a name that is asked for in vain", async () => {
    const result = await judge(original.root, "../../etc");
    expect(checkOf(result, "plan-present")).toMatchObject({ verdict: "fail", code: "EVIDENCE_MISSING" });
    expect((await judge(original.root, original.planId)).plan?.id).toBe(original.planId);
  });

  it("cannot be judged without sound keys or policy", async () => {
    const { root } = await copy();
    await truncate(join(root, "policy/stage6.policy.json"), 20);
    expect(codesOf(await judge(root))).toMatchObject({
      policy: "BYTES_NOT_CANONICAL",
      bundles: null,
      comparison: "NOT_RUN",
    });
    await truncate(join(root, "trust/keys.json"), 20);
    expect(codesOf(await judge(root))).toMatchObject({
      trust: "BYTES_NOT_CANONICAL",
      bundles: "NOT_RUN",
      comparison: "NOT_RUN",
    });
  });
});

describe("trials that are not as planned", () => {
  it("refuses a missing trial", async () => {
    const { root, bundles } = await copy();
    await rm(join(root, bundles[0]!), { recursive: true });
    const result = await judge(root);
    expectWellFormed(result, root);
    expect(result.counts.trials).toMatchObject({ present: 7, missing: 1 });
    expect(checkOf(result, "comparison")).toMatchObject({ verdict: "fail", code: "MISSING_TRIAL" });
    expect(checkOf(result, "comparison-stored").code).toBe("REPLAY_DIVERGED");
    await rm(join(root, "comparisons"), { recursive: true });
    expect((await judge(root)).exitCode).toBe(1);
  });

  it("refuses a root without any bundle", async () => {
    const { root } = await copy();
    await rm(join(root, "runs"), { recursive: true });
    await rm(join(root, "comparisons"), { recursive: true });
    const result = await judge(root);
    expect(result.exitCode).toBe(1);
    expect(codesOf(result)).toMatchObject({
      bundles: "EVIDENCE_MISSING",
      comparison: "EVIDENCE_MISSING",
      "comparison-stored": "COMPARISON_MISSING",
    });
  });

  it("calls an extra trial invalid", async () => {
    const { root, planId, bundles } = await copy();
    await cp(join(root, bundles[0]!), join(root, "runs", planId, "case/fix-failing-test/003"), {
      recursive: true,
    });
    const result = await judge(root);
    expectWellFormed(result, root);
    expect(result).toMatchObject({ exitCode: 3, counts: { trials: { extra: 1 } } });
    expect(checkOf(result, "comparison").code).toBe("EXTRA_TRIAL");
    expect(checkOf(result, "bundles").evidence[0]).toMatchObject({
      path: `runs/${planId}/case/fix-failing-test/003`,
    });
  });

  it("notices that the bundles of two lanes changed places", async () => {
    const { root, planId } = await copy();
    const lane = (name: string): string => join(root, "runs", planId, name);
    await rename(lane("codex"), lane("x"));
    await rename(lane("pi"), lane("codex"));
    await rename(lane("x"), lane("pi"));
    const result = await judge(root);
    expect(result.exitCode).toBe(3);
    expect(result.counts.trials).toMatchObject({ present: 4, invalid: 4 });
    expect(checkOf(result, "bundles")).toMatchObject({ code: "TRIAL_MISMATCH" });
  });

  it("follows no link to bundles elsewhere", async () => {
    const { root, planId } = await copy();
    await rename(join(root, "runs", planId, "pi"), join(root, "staging"));
    await symlink(join(root, "staging"), join(root, "runs", planId, "pi"));
    const result = await judge(root);
    expect(result.exitCode).toBe(3);
    expect(checkOf(result, "bundles")).toMatchObject({
      code: "NOT_A_FILE",
      evidence: [{ path: `runs/${planId}/pi` }],
    });
    expect(result.counts.trials.missing).toBe(2);
  });
});

it("ends with INTERNAL and exit code 70 on a defect of the program", async () => {
  const options = {
    root: original.root,
    now,
    get planId(): string {
      throw new Error(`defect in ${original.root}`);
    },
  };
  const result = await validateRoot(options);
  expect(JSON.stringify(result)).not.toContain(original.root);
  expect(validateDocument(GateResult, result)).toMatchObject({ ok: true });
  expect(result).toMatchObject({ verdict: "error", exitCode: 70 });
  expect(result.checks.map(({ code }) => code)).toEqual(
    result.checks.map(({ id }) => (id === "internal" ? "INTERNAL" : "NOT_RUN")),
  );
});

it("names the comparison's own verdict when a candidate lost and the evidence is sound", async () => {
  const root = join(await tempFolder(), "harness");
  const spoilt = await writeSampleRoot(root, {
    trial: (trial, { lane, number }) =>
      lane === "case" && number === 1
        ? {
            ...trial,
            observation: {
              ...trial.observation,
              workspace: { ...trial.observation.workspace, settled: false },
            },
          }
        : trial,
  });
  const result = await judge(spoilt.root);
  expectWellFormed(result, root);
  expect(result.comparison?.standing).toBe("lost");
  expect(result.exitCode).toBe(1);
  expect(checkOf(result, "comparison")).toMatchObject({ verdict: "fail", code: "WORKSPACE_UNSETTLED" });
});
