import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SourceObservation, type SourceAdmission } from "@stage6/eligibility";
import { checkDocument, parseStrictBytes, type TrialRef } from "@stage6/evidence-interface";
import { caseLane } from "@stage6/lane-case";
import { codexLane } from "@stage6/lane-codex";
import { locateBackend, startBounds, type BackendPlaces } from "@stage6/runner";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitIn, makeCaseCheckout, type CaseCheckout } from "../testing/case-checkout.ts";
import { collectAdmission } from "./collect-admission.ts";
import { sourceCheck } from "./source-check.ts";

const NOW = "2026-06-01T00:00:00.000Z";
const TRIAL: TrialRef = { planId: "0123456789abcdef", lane: "case", fixture: "tally", number: 1 };

let folder: string;
let checkout: CaseCheckout;
let places: BackendPlaces;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6 source-"));
  checkout = await makeCaseCheckout(folder);
  places = { configured: null, backendsDir: join(folder, "backends"), env: checkout.env };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function pinned(): Promise<string> {
  const located = await locateBackend(caseLane, places);
  if (!located.ok) throw new Error(located.detail);
  return located.backend.sha256;
}

async function admitted(): Promise<SourceAdmission> {
  const collected = await collectAdmission(
    caseLane,
    places,
    {
      reviewer: "reviewer:sample",
      licence: { verdict: "none-found", evidence: "none in the history" },
      knownDefects: [],
      dependencies: [],
      preparation: ["install"],
      upstreamTests: null,
      prompts: [],
      extraFiles: [],
      extraFolders: ["node_modules"],
      lockfiles: [{ path: "bun.lock", authoritative: true }],
      validDays: 30,
    },
    NOW,
    await startBounds(),
  );
  if (!collected.ok) throw new Error(JSON.stringify(collected.faults));
  return collected.statement;
}

/** A check as a run makes it: of the source as it is at this moment. */
async function checkOf(admission: SourceAdmission | null) {
  const check = sourceCheck(caseLane, places, await pinned(), admission, () => NOW);
  if (check === undefined) throw new Error("the lane has no source to look at");
  return check;
}

describe("a look at the source around a trial", () => {
  it("R38: refuses nothing while the source is the admitted one, and leaves the look as a document", async () => {
    const check = await checkOf(await admitted());
    for (const [when, moment] of [
      ["before", "before-run"],
      ["after", "after-run"],
    ] as const) {
      const { digest, document, refusal } = await check(when, TRIAL);
      expect({ digest, refusal }).toEqual({ digest: await pinned(), refusal: null });
      const json = parseStrictBytes(document);
      const read = checkDocument(SourceObservation, json.ok ? json.value : null, "look");
      expect(read.value).toMatchObject({
        moment,
        trial: TRIAL,
        observedAt: NOW,
        gitCommit: await gitIn(checkout.path, "rev-parse", "HEAD"),
        changed: [],
        extra: [],
      });
    }
  });

  it.each([
    ["SOURCE_DRIFT", "an edited file", async () => writeFile(join(checkout.path, "docs/guide.md"), "x\n")],
    [
      "VENDOR_DIRTY",
      "a dependency that is another one",
      async () => writeFile(join(checkout.path, "node_modules/left-dep/package.json"), "{}"),
    ],
    [
      "SOURCE_DRIFT",
      "another commit of the same files",
      async () => gitIn(checkout.path, "commit", "-q", "--allow-empty", "-m", "second"),
    ],
    ["SOURCE_DRIFT", "another runtime", async () => writeFile(checkout.runtime, "#!/bin/sh\nexit 0\n")],
    ["SOURCE_DRIFT", "a source that is gone", async () => rm(checkout.path, { recursive: true })],
  ])("R38: refuses with %s when it finds %s", async (code, _, change) => {
    const check = await checkOf(await admitted());
    await change();
    const { refusal } = await check("before", TRIAL);
    expect(refusal).toMatchObject({ code });
    expect(refusal?.detail).toContain("not the admitted one");
  });

  it("R38: an edit that skip-worktree hides from git is seen as well (VENDOR_DIRTY)", async () => {
    const check = await checkOf(await admitted());
    await gitIn(checkout.path, "update-index", "--skip-worktree", "docs/guide.md");
    await writeFile(join(checkout.path, "docs/guide.md"), "x\n");
    expect(await gitIn(checkout.path, "status", "--porcelain")).toBe("");
    const { refusal, document } = await check("before", TRIAL);
    expect(refusal).not.toBeNull();
    expect(Buffer.from(document).toString("utf8")).toContain('"changed":["docs/guide.md"]');
  });

  it("without an admission the source has to be the one that the plan pinned (SOURCE_CHANGED)", async () => {
    const check = await checkOf(null);
    expect((await check("before", TRIAL)).refusal).toBeNull();
    await writeFile(join(checkout.path, "docs/guide.md"), "x\n");
    expect((await check("before", TRIAL)).refusal).toMatchObject({ code: "SOURCE_CHANGED" });
  });

  it("is not made at a backend that stage6 installs itself", () => {
    expect(sourceCheck(codexLane, places, `sha256:${"0".repeat(64)}`, null, () => NOW)).toBeUndefined();
  });
});
