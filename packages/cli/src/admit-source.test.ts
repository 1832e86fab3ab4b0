import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gitIn, makeCaseCheckout, type CaseCheckout } from "./testing/case-checkout.ts";
import { Sandbox, type Ran } from "./testing/run-stage6.ts";

/** What a reviewer adds to a draft. */
interface Review {
  reviewer: string;
  licence: { verdict: string; evidence: string };
  preparation: string[];
  extraFiles: string[];
  extraFolders: string[];
  lockfiles: { path: string; authoritative: boolean }[];
  prompts: string[];
  dependencies: { name: string; version: string; licence: string }[];
}

let sandbox: Sandbox;
let checkout: CaseCheckout;
let made = 0;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  const key = join(sandbox.path, "operator");
  await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "sample", "-f", key]);
  // The gate judges an admission only below a trust root that is whole.
  for (const words of [["init"], ["operator", "add", "sample", "--key", `${key}.pub`]])
    if ((await sandbox.call(words)).code !== 0) throw new Error(words.join(" "));
}, 120_000);
beforeEach(async () => {
  checkout = await makeCaseCheckout(sandbox.path, `checkout-${(made += 1)}`);
});
afterAll(async () => sandbox.remove());

const call = async (...words: readonly string[]): Promise<Ran> =>
  sandbox.call(["admit-source", ...words], checkout.env);
const at = (path: string): string => join(checkout.path, path);
const admissions = async (): Promise<string[]> =>
  readdir(join(sandbox.path, "harness/admissions/case")).catch(() => []);

async function draft(): Promise<Review> {
  const name = `draft-${made}.json`;
  const { code } = await call("--draft", name);
  expect(code).toBe(0);
  const review: Review = JSON.parse(await readFile(join(sandbox.path, name), "utf8"));
  return review;
}

async function filledIn(change: Partial<Review> = {}): Promise<Review> {
  const open = await draft();
  return {
    ...open,
    reviewer: "reviewer:sample",
    preparation: ["install from the lock file"],
    lockfiles: open.lockfiles.map(({ path }) => ({ path, authoritative: path === "bun.lock" })),
    ...change,
  };
}

async function admit(review: Review, ...more: readonly string[]): Promise<Ran> {
  const name = `review-${made}.json`;
  await writeFile(join(sandbox.path, name), JSON.stringify(review));
  return call("--review", name, ...more);
}

/** The codes of a refusal; checks that it is one, and that it wrote nothing. */
async function refusal(review: Review): Promise<string[]> {
  const before = await admissions();
  const { code, out } = await admit(review, "--json");
  expect(code).toBe(1);
  expect(await admissions()).toEqual(before);
  const { faults }: { faults: { code: string; message: string }[] } = JSON.parse(out);
  return faults.map((fault) => `${fault.code} ${fault.message}`);
}

interface Check {
  id: string;
  verdict: string;
  code: string | null;
  evidence: { what: string }[];
}

/** The check of the whole gate that judges admissions. */
async function judged(env = checkout.env): Promise<Check> {
  const { out } = await sandbox.call(["validate", "--json"], env);
  const { checks }: { checks: Check[] } = JSON.parse(out);
  const check = checks.find(({ id }) => id === "source-admission");
  if (check === undefined) throw new Error(out);
  return check;
}

describe("a draft of a review", () => {
  it("R38: holds what a machine can see, and is refused as it stands by everything that only a person can say", async () => {
    const review = await draft();
    expect(review).toMatchObject({
      reviewer: "",
      licence: { verdict: "none-found" },
      prompts: ["agents/closer.md"],
      dependencies: [
        { name: "absent-dep", version: "not installed", licence: "none stated" },
        { name: "left-dep", version: "1.2.3", licence: "MIT" },
      ],
      extraFiles: [],
      extraFolders: ["node_modules"],
      lockfiles: [
        { path: "bun.lock", authoritative: false },
        { path: "yarn.lock", authoritative: false },
      ],
    });
    const { code, err } = await admit(review);
    expect(code).toBe(2);
    for (const open of ["reviewer:", "preparation:", "lockfiles:"]) expect(err).toContain(open);
    expect(await admissions()).toEqual([]);
  }, 60_000);

  it("is never written over a file, and needs a checkout", async () => {
    await draft();
    const again = await call("--draft", `draft-${made}.json`);
    expect(again).toMatchObject({ code: 2 });
    expect(again.err).toContain("exists already");
    const without = await sandbox.call(["admit-source", "--draft", "other.json"], {
      STAGE6_CASE_BINARY: checkout.runtime,
    });
    expect(without).toMatchObject({ code: 2 });
    expect(without.err).toContain("STAGE6_CASE_CHECKOUT");
  }, 60_000);

  it("names a file beside the commit, and leaves the words on a licence that is there to the reviewer", async () => {
    await writeFile(at("LICENSE"), "terms\n");
    await gitIn(checkout.path, "add", "-A");
    await gitIn(checkout.path, "commit", "-q", "-m", "terms");
    await writeFile(at("notes.ignored"), "x\n");
    expect(await draft()).toMatchObject({
      licence: { verdict: "permits-use", evidence: "" },
      extraFiles: ["notes.ignored"],
    });
  }, 60_000);
});

describe("a source that is not its commit", () => {
  it("R38: is refused for an edited file (VENDOR_DIRTY)", async () => {
    const review = await filledIn();
    await writeFile(at("docs/guide.md"), "edited\n");
    expect(await refusal(review)).toEqual(["VENDOR_DIRTY docs/guide.md is not as in the commit"]);
  }, 60_000);

  it("R38: is refused for an edit that skip-worktree hides from git (VENDOR_DIRTY)", async () => {
    const review = await filledIn();
    await writeFile(at("agents/closer.md"), "# Push\n");
    await gitIn(checkout.path, "update-index", "--skip-worktree", "agents/closer.md");
    expect(await gitIn(checkout.path, "status", "--porcelain")).toBe("");
    expect(await refusal(review)).toEqual(["VENDOR_DIRTY agents/closer.md is not as in the commit"]);
  }, 60_000);

  it("R38: is refused for a file that git ignores and no review allows, and for none that one allows (VENDOR_DIRTY)", async () => {
    const review = await filledIn();
    await writeFile(at("docs/learned.ignored"), "x\n");
    expect(await gitIn(checkout.path, "status", "--porcelain")).toBe("");
    expect(await refusal(review)).toEqual([
      "VENDOR_DIRTY docs/learned.ignored is in no commit, and the review does not allow it",
    ]);
    expect(await admit({ ...review, extraFiles: ["docs/learned.ignored"] })).toMatchObject({ code: 0 });
  }, 60_000);

  it("R38: is refused for a folder that the review allows and that is not there (VENDOR_DIRTY)", async () => {
    const review = await filledIn();
    expect(await refusal({ ...review, extraFolders: ["dist", "node_modules"] })).toEqual([
      "VENDOR_DIRTY dist is allowed by the review and is not there",
    ]);
  }, 60_000);
});

describe("a review that the source contradicts", () => {
  it("R38: is refused when it calls a licence absent that the history has (SOURCE_MISSING)", async () => {
    const review = await filledIn();
    await writeFile(at("LICENSE"), "terms\n");
    await gitIn(checkout.path, "add", "-A");
    await gitIn(checkout.path, "commit", "-q", "-m", "terms");
    await gitIn(checkout.path, "rm", "-q", "LICENSE");
    await gitIn(checkout.path, "commit", "-q", "-m", "no terms");
    const faults = await refusal(review);
    expect(faults).toEqual(["SOURCE_MISSING the review found no licence, the history has LICENSE"]);
  }, 60_000);

  it("R38: is refused when the program does not start (SOURCE_UNPROBED)", async () => {
    const review = await filledIn();
    await writeFile(checkout.runtime, "#!/bin/sh\necho Usage: ca; exit 1\n");
    expect(await refusal(review)).toEqual([
      "SOURCE_UNPROBED the program did not start within strict bounds (exit 1)",
    ]);
    await writeFile(checkout.runtime, "#!/bin/sh\necho some other program\n");
    expect(await refusal(review)).toEqual([
      "SOURCE_UNPROBED the program did not start within strict bounds (exit 0)",
    ]);
  }, 60_000);

  it("R9: is refused without a source, a runtime, installed dependencies or a commit", async () => {
    const review = await filledIn();
    const code = async (env: NodeJS.ProcessEnv): Promise<string> => {
      const saved = checkout;
      checkout = { ...saved, env };
      try {
        return (await refusal(review)).map((fault) => fault.split(" ")[0]).join();
      } finally {
        checkout = saved;
      }
    };
    const { env } = checkout;
    expect(await code({})).toBe("SOURCE_MISSING");
    expect(await code({ ...env, STAGE6_CASE_CHECKOUT: sandbox.path })).toBe("CHECKOUT_MISSING");
    expect(await code({ ...env, STAGE6_BUN: "" })).toBe("RUNTIME_MISSING");
    expect(await code({ STAGE6_CASE_BINARY: checkout.runtime })).toBe("SOURCE_MISSING");
    await rm(at(".git"), { recursive: true });
    expect(await code(env)).toBe("SOURCE_MISSING");
    await rm(at("node_modules"), { recursive: true });
    expect(await code(env)).toBe("DEPENDENCIES_MISSING");
  }, 60_000);
});

describe("words that make no sense", () => {
  it("are refused before anything is read (exit 2)", async () => {
    const review = await filledIn();
    const err = async (...words: readonly string[]): Promise<string> => {
      const ran = await call(...words);
      expect(ran.code).toBe(2);
      return ran.err;
    };
    expect(await err()).toContain("either --review or --draft");
    expect(await err("--review", "a", "--draft", "b")).toContain("either --review or --draft");
    expect(await err("--reviev", "a")).toContain("--review");
    expect(await err("--candidate", "codex", "--draft", "b")).toContain("no lane whose source");
    expect(await err("--review", "nowhere.json")).toContain("ENOENT");
    await writeFile(join(sandbox.path, "broken.json"), "{");
    expect(await err("--review", "broken.json")).toContain("is no JSON");
    const forty = await admit({ ...review, validDays: 40 } as Review);
    expect(forty.code).toBe(2);
    expect(forty.err).toContain("/validDays");
  }, 60_000);
});

describe("an admission", () => {
  it("R38, R53: of a clean source is signed, found sound by the gate, and never written over by the next", async () => {
    const before = await admissions();
    const review = await filledIn();
    const ran = await admit(review, "--json");
    expect(ran.code).toBe(0);
    const { statement } = JSON.parse(ran.out);
    expect(statement).toMatchObject({
      subject: [
        {
          name: "case",
          digest: {
            gitCommit: await gitIn(checkout.path, "rev-parse", "HEAD"),
            gitTree: await gitIn(checkout.path, "rev-parse", "HEAD^{tree}"),
          },
        },
      ],
      predicate: {
        startProbe: { verdict: "started", exitCode: 0 },
        upstream: { state: "upstream-unknown" },
        runtime: { version: "1.0.0" },
        extraFolders: [{ path: "node_modules", files: 1 }],
      },
    });
    expect(ran.out).not.toContain(sandbox.path);
    expect(await judged()).toMatchObject({ verdict: "pass", code: null });
    const [first] = (await admissions()).filter((name) => !before.includes(name));
    const bytes = await readFile(join(sandbox.path, "harness/admissions/case", first ?? ""));
    expect(await admit(review)).toMatchObject({ code: 0 });
    expect((await admissions()).length).toBe(before.length + 2);
    expect(await readFile(join(sandbox.path, "harness/admissions/case", first ?? ""))).toEqual(bytes);
    expect(await judged()).toMatchObject({ verdict: "pass", code: null });
  }, 60_000);

  it("R38: of a source that changed since then is named by the gate (VENDOR_DIRTY, SOURCE_DRIFT), and one that is elsewhere as such (SOURCE_NOT_HERE)", async () => {
    expect(await admit(await filledIn())).toMatchObject({ code: 0 });
    expect(await judged()).toMatchObject({ verdict: "pass", code: null });
    await writeFile(at("docs/guide.md"), "edited\n");
    const dirty = await judged();
    expect(dirty).toMatchObject({ verdict: "fail", code: "SOURCE_DRIFT" });
    expect(dirty.evidence.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^VENDOR_DIRTY \(changed\).*docs\/guide\.md/u),
    );
    await gitIn(checkout.path, "checkout", "-q", "docs/guide.md");
    expect(await judged()).toMatchObject({ verdict: "pass", code: null });
    await gitIn(checkout.path, "commit", "-q", "--allow-empty", "-m", "second");
    expect(await judged()).toMatchObject({ verdict: "fail", code: "SOURCE_DRIFT" });
    expect(await judged({})).toMatchObject({ verdict: "fail", code: "SOURCE_NOT_HERE" });
  }, 60_000);

  it("R38: needs the reviewer's own key (KEY_MISSING), and makes none", async () => {
    const review = await filledIn();
    const name = `review-${made}.json`;
    await writeFile(join(sandbox.path, name), JSON.stringify(review));
    const empty = join(sandbox.path, "no-keys");
    await mkdir(empty, { recursive: true });
    await chmod(empty, 0o700);
    const ran = await sandbox.call(["admit-source", "--review", name, "--json"], {
      ...checkout.env,
      STAGE6_KEYS_DIR: empty,
    });
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("KEY_MISSING");
    expect(await readdir(empty)).toEqual([]);
  }, 60_000);
});
