import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { finish, Sandbox } from "./testing/run-stage6.ts";

const FAKE = ["--lanes", "fake", "--candidate", "fake", "--no-install"];
const CELL = "codex/add-feature/report-shape";
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
});
afterAll(async () => sandbox.remove());

test("a rehearsal goes from nothing to a verified report, and the second one changes nothing", async () => {
  const first = await sandbox.run(["rehearse", ...FAKE, "--json"]);
  expect(first).toMatchObject({ code: 0 });
  expect(JSON.parse(first.out)).toMatchObject({
    command: "rehearse",
    verdict: "refused",
    exitCode: 0,
    rehearsal: "complete",
    unchanged: false,
    trials: { planned: 9, kept: 0, sealed: 9, missing: 0 },
    document: { state: "written" },
    activation: "none",
  });
  const before = await sandbox.hashes("harness");
  const second = await sandbox.run(
    ["rehearse", ...FAKE, "--harness-root", join(sandbox.path, "harness")],
    {},
    tmpdir(),
  );
  expect(second).toMatchObject({ code: 0, err: "" });
  expect(second.out).toContain("Nothing was run or changed");
  expect(await sandbox.hashes("harness")).toEqual(before);
});

test("a recorded plan is explained by cell and compared with itself, and neither writes anything", async () => {
  const before = await sandbox.hashes("harness");
  const self = await sandbox.call(["compare", "--aa", "fake"]);
  expect(self).toMatchObject({ code: 0, err: "" });
  expect(self.out).toContain("1 trials against 1 on each fixture, 1 left out");
  expect(self.out).toContain("the halves match in all 15 cells (exit 0)");
  const asJson = await sandbox.call(["compare", "--aa", "fake", "--json"]);
  expect(JSON.parse(asJson.out)).toMatchObject({ verdict: "matches", self: { lane: "fake", cells: {} } });
  const none = await sandbox.call(["compare", "--aa", "codex"]);
  expect(none).toMatchObject({ code: 5 });
  expect(none.out).toContain("no trials for two halves");
  expect(await sandbox.call(["compare", "--aa", "fake", "--explain", CELL])).toMatchObject({ code: 2 });
  const cell = await sandbox.call(["compare", "--explain", CELL]);
  expect(cell.out).toMatch(/^fake against codex on add-feature, report-shape: not-applicable \(/);
  expect(cell.out).toContain("codex takes no part: the codex lane was not selected\n  next: Add codex");
  expect(await sandbox.hashes("harness")).toEqual(before);
});

test("replay holds, validate is refused while the rest of the gate is open, and a changed byte makes both invalid", async () => {
  await sandbox.run(["rehearse", ...FAKE, "--harness-root", "judged"]);
  const root = ["--harness-root", "judged"];
  const replay = await sandbox.run(["replay", ...root, "--json"]);
  expect(replay.code).toBe(0);
  const { retranslated, stored }: { retranslated: { state: string }[]; stored: string } = JSON.parse(
    replay.out,
  );
  expect(stored).toBe("equal");
  expect(retranslated.map(({ state }) => state)).toEqual(Array.from({ length: 9 }, () => "equal"));
  expect((await sandbox.run(["compare", ...root])).code).toBe(1);
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const gate = await sandbox.run(["validate", ...root, "--json", "--now", later]);
  expect(JSON.parse(gate.out)).toMatchObject({
    command: "validate",
    verdict: "refused",
    exitCode: gate.code,
    now: later,
  });
  expect(gate.code).toBe(1);

  const [plan = ""] = await readdir(join(sandbox.path, "judged", "runs"));
  await writeFile(
    join(sandbox.path, "judged", "runs", plan, "fake", "add-feature", "001", "artifacts", "stdout.raw"),
    "changed\n",
  );
  const before = await sandbox.hashes("judged");
  for (const verb of ["replay", "validate", "compare", "rehearse"]) {
    const ran = await sandbox.call([verb, ...root, ...(verb === "rehearse" ? FAKE : [])]);
    expect({ verb, ...ran }).toMatchObject({ verb, code: 3 });
  }
  expect(await sandbox.hashes("judged")).toEqual(before);
});

test("a plan is kept when nothing about it changed, and a dry run writes nothing", async () => {
  const root = ["--harness-root", "planned"];
  await sandbox.call(["init", ...root]);
  const empty = await sandbox.hashes("planned");
  const dry = await sandbox.call(["plan", ...root, "--dry-run", "--lanes", "fake", "--candidate", "fake"]);
  expect(dry.out).toContain("9 in all");
  expect(dry.out).toContain(
    "at most:   12 minutes per trial, 108 minutes one after the other, 0 model requests\n",
  );
  expect(dry.out).toContain("cost:      none, no request leaves this machine\n");
  expect(dry.out).toContain("will run:  fake: 9 trials each\n");
  const asJson = await sandbox.call([
    "plan",
    ...root,
    "--dry-run",
    "--lanes",
    "fake",
    "--candidate",
    "fake",
    "--json",
  ]);
  expect(JSON.parse(asJson.out)).toMatchObject({
    state: "not-written",
    bounds: { trials: 9, worstMs: 9 * 720_000, worstRequests: 0, worstPaidRequests: 0 },
  });
  expect(await sandbox.hashes("planned")).toEqual(empty);
  const few = await sandbox.call(["plan", ...root, "--trials", "1"]);
  expect(few.code).toBe(2);
  expect(few.err).toContain("fewer than the policy's 3");
  expect(await sandbox.hashes("planned")).toEqual(empty);

  const made = await sandbox.call(["plan", ...root, "--json"]);
  expect(JSON.parse(made.out)).toMatchObject({ state: "written" });
  const before = await sandbox.hashes("planned");
  const again = await sandbox.call(["plan", ...root, "--json"]);
  const { plan }: { plan: object } = JSON.parse(made.out);
  expect(JSON.parse(again.out)).toMatchObject({ state: "kept", plan });
  expect(await sandbox.hashes("planned")).toEqual(before);
});

test("an interrupted run says what is kept, and the same command goes on", async () => {
  const root = ["--harness-root", "interrupted"];
  await sandbox.call(["init", ...root]);
  await sandbox.call(["plan", ...root, "--lanes", "fake", "--candidate", "fake"]);
  const child = sandbox.start(["run", ...root, "--concurrency", "1"]);
  const whole = finish(child);
  child.stderr?.on("data", (text: string) => {
    if (text.includes("[1/9]")) child.kill("SIGINT");
  });
  const first = await whole;
  expect(first).toMatchObject({ code: 130 });
  expect(first.out).toMatch(/Interrupted\. [1-8] of 9 trials .* are recorded and kept/);
  const kept = await sandbox.hashes("interrupted/runs");
  const compared = await sandbox.run(["compare", ...root]);
  expect(compared.out).toContain("Not written: trials are missing");

  const second = await sandbox.run(["run", ...root, "--json"]);
  expect(second).toMatchObject({ code: 0 });
  const { trials }: { trials: { kept: number } } = JSON.parse(second.out);
  expect(trials).toMatchObject({ planned: 9, missing: 0 });
  expect(trials.kept).toBeGreaterThan(0);
  const after = await sandbox.hashes("interrupted/runs");
  for (const [path, hash] of kept) expect(after.get(path)).toBe(hash);
});

test("a run without the private key says where it has to be", async () => {
  const root = ["--harness-root", "keyless"];
  await sandbox.call(["init", ...root]);
  await sandbox.call(["plan", ...root, "--lanes", "fake", "--candidate", "fake"]);
  const ran = await sandbox.call(["run", ...root], { STAGE6_KEYS_DIR: join(sandbox.path, "elsewhere") });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("KEY_MISSING");
});
