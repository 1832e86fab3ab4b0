import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { POLICY_NAMESPACE } from "@stage6/eligibility";
import { writeStrictBytes } from "@stage6/evidence-interface";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pinFolder, readPin } from "../backend-pin.ts";
import { gitIn, makeCaseCheckout, type CaseCheckout } from "../testing/case-checkout.ts";
import { makeSshKey } from "../testing/complete-root.ts";
import { LiveEndpoint } from "../testing/live-endpoint.ts";
import { Sandbox, type Ran } from "../testing/run-stage6.ts";
import { ensureBackend } from "./drive.ts";

// The tests of this file go one road, each from where the last one ended.
const KEY = "sk-secret-of-the-operator";
const HOUR_MS = 3_600_000;
const ROAD = ["--candidate", "case"];

interface Refused {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

const endpoint = new LiveEndpoint();
let sandbox: Sandbox;
let checkout: CaseCheckout;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  const from = await ensureBackend("pi");
  sandbox = await Sandbox.make();
  checkout = await makeCaseCheckout(sandbox.path);
  env = { ...checkout.env };
  await makeSshKey(sandbox, "operator");
  await makeSshKey(sandbox, "stranger");
  await endpoint.begin({ as: "model-1" });
  await call("init");
  await mkdir(at("backends"));
  const pin = await readPin("pi");
  if (pin === null) throw new Error("no pinned Pi");
  piFolder = [join(from), at("backends", basename(join(pinFolder(at("backends"), pin), "..")))];
}, 600_000);
afterAll(async () => {
  await endpoint.end();
  await sandbox.remove();
});

let piFolder: readonly [string, string] = ["", ""];
const at = (...path: readonly string[]): string => join(sandbox.path, ...path);
const harness = (...path: readonly string[]): string => at("harness", ...path);
const call = async (...words: readonly string[]): Promise<Ran> => sandbox.call(words, env);
const list = async (...path: readonly string[]): Promise<string[]> =>
  (await readdir(harness(...path)).catch((): string[] => [])).toSorted();

/** A call that has to hold. */
async function done(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await call(...words);
  expect({ words, code, said: code === 0 ? "" : `${out}${err}` }).toEqual({ words, code: 0, said: "" });
  return out;
}

/** What keeps a live plan from being made or run; checks that nothing was written, and that no word of the key was printed. */
async function refused(...words: readonly string[]): Promise<readonly Refused[]> {
  const before = [await list("plans"), await list("runs"), await list("attempts")];
  const asked = endpoint.asked;
  const { code, out, err } = await call(...words, "--json");
  expect({
    code,
    asked: endpoint.asked,
    written: [await list("plans"), await list("runs"), await list("attempts")],
  }).toEqual({
    code: 1,
    asked,
    written: before,
  });
  expect(out + err).not.toContain("secret");
  const { refused: all }: { refused: Refused[] } = JSON.parse(out);
  for (const one of all) expect(one.next).not.toBe("");
  return all;
}
const codes = async (...words: readonly string[]): Promise<string[]> =>
  (await refused(...words)).map(({ id, code }) => `${id} ${code}`);

/** Writes a part of the policy, as its bytes have to be. */
async function setPolicy(change: object): Promise<void> {
  const file = harness("policy/stage6.policy.json");
  const policy: object = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, writeStrictBytes({ ...policy, ...change }));
}

async function addNote(word: string): Promise<void> {
  const from = at(`note-${word}`);
  await mkdir(from);
  await writeFile(join(from, "list.txt"), `no ${word} yet\n`);
  await gitIn(from, "init", "-q", "-b", "main");
  await gitIn(from, "add", ".");
  await gitIn(from, "commit", "-q", "-m", word);
  await writeFile(at(`${word}.md`), `Write ${word} into list.txt.\n`);
  const what = ["--from", from, "--base", "main", "--task", `${word}.md`, "--allow", "list.txt"];
  const whose = ["--owner", "me", "--consent", "mine, noncritical"];
  await done(
    "fixtures",
    "add",
    "--id",
    `note-${word}`,
    ...what,
    ...whose,
    "--oracle",
    "grep",
    "-q",
    word,
    "list.txt",
  );
}

/** Admits the source as a reviewer would; the subject of the admission. */
async function admit(): Promise<{ commit: string; tree: string; repository: string }> {
  await done("admit-source", "--draft", "review.json");
  const draft: { lockfiles: { path: string }[] } = JSON.parse(await readFile(at("review.json"), "utf8"));
  const lockfiles = draft.lockfiles.map(({ path }) => ({ path, authoritative: path === "bun.lock" }));
  const filled = { ...draft, reviewer: "reviewer:sample", preparation: ["from the lock file"], lockfiles };
  await writeFile(at("review.json"), JSON.stringify(filled));
  const {
    statement,
  }: {
    statement: {
      subject: [{ digest: { gitCommit: string; gitTree: string } }];
      predicate: { repository: string };
    };
  } = JSON.parse(await done("admit-source", "--review", "review.json", "--json"));
  const { gitCommit, gitTree } = statement.subject[0].digest;
  return { commit: gitCommit, tree: gitTree, repository: statement.predicate.repository };
}

async function validateStage5({
  commit,
  tree,
  repository,
}: Awaited<ReturnType<typeof admit>>): Promise<void> {
  const time = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  await mkdir(at("evidence"));
  await writeFile(at("evidence/report.txt"), "passed\n");
  const statement = {
    schemaVersion: "1.0",
    result: "PASSED",
    source: { repository, commit, gitTree: tree },
    target: { repository: "sample", ownership: "owned-noncritical", baseCommit: "0".repeat(40) },
    validator: { name: "sample", version: "1.0.0" },
    startedAt: time(-2),
    finishedAt: time(-1),
    expiresAt: time(24),
  };
  await writeFile(at("stage5.json"), JSON.stringify(statement));
  await done("stage5", "--files", "evidence", "--statement", "stage5.json");
}

test("R6, R7, R9, R19: plan --live names all that is missing before anything is written, and each mend takes its own line away", async () => {
  const all = [
    "trust-root OPERATOR_UNKNOWN",
    "policy-signed NOT_RUN",
    "source-admission NOT_RUN",
    "stage5 NOT_RUN",
    "real-baselines INSUFFICIENT_COMPARISON",
    "trials-sufficient INSUFFICIENT_EVIDENCE",
    "live-model MODEL_ENDPOINT_UNSET",
  ];
  const ids = (lines: readonly string[]): string[] =>
    lines.map((line) => line.split(" ")[0] ?? "").toSorted();
  // Without a model in the policy there is no plan that could be looked at.
  expect(ids(await codes("plan", "--live", ...ROAD))).toEqual(
    ids(all.filter((line) => !/^(real-baselines|trials-sufficient)/.test(line))),
  );
  await setPolicy({
    trialsPerCell: { scripted: 3, live: 5 },
    liveModel: {
      provider: "loopback",
      id: "model-1",
      url: endpoint.url,
      keyHeader: "authorization",
      keyVariable: "LOOPBACK_KEY",
    },
  });
  expect((await codes("plan", "--live", ...ROAD)).toSorted()).toEqual(all.toSorted());

  let left = ids(all);
  const mended = async (id: string): Promise<void> => {
    left = left.filter((one) => one !== id);
    expect(ids(await codes("plan", "--live", ...ROAD))).toEqual(left);
  };
  const byOperator = ["--operator", "jp", "--key", "operator"];
  const first = await refused("plan", "--live", ...ROAD);
  expect(first.find(({ id }) => id === "trust-root")?.next).toBe("stage6 operator add NAME --key FILE.pub");
  await done("operator", "add", "jp", "--key", "operator.pub");
  await mended("trust-root");
  await done("sign-policy", ...byOperator);
  await mended("policy-signed");
  const source = await admit();
  await mended("source-admission");
  await validateStage5(source);
  await mended("stage5");
  for (const word of ["alder", "birch", "cedar"]) await addNote(word);
  await mended("trials-sufficient");
  env["LOOPBACK_KEY"] = KEY;
  await mended("live-model");
  // Of its whole list one is left; a dry run shows the plan beside it and refuses as well.
  const dry = await call("plan", "--live", "--dry-run", ...ROAD);
  expect(dry.code).toBe(1);
  expect(dry.out).toContain("paid model requests");
  expect(dry.out).toContain("real-baselines INSUFFICIENT_COMPARISON: the plan drives none of codex and pi");
  await symlink(...piFolder);
  expect(await done("plan", "--live", ...ROAD)).toContain("Next: stage6 not-applicable --lane codex");
  expect(await list("plans")).toHaveLength(1);
}, 600_000);

test("a scripted plan asks for none of it", async () => {
  const free = ["--harness-root", "free"];
  const what = ["--candidate", "fake", "--lanes", "fake", "--fixtures", "fix-failing-test"];
  await done("init", ...free);
  await done("plan", ...free, ...what, "--bounds", "default");
  const before = endpoint.asked;
  expect(await done("run", ...free)).toContain("Recorded 3 trials");
  expect(endpoint.asked).toBe(before);
}, 300_000);

test("R48, R57: run refuses a live plan whose blocked baseline has no record, and takes it with one", async () => {
  const [only, ...more] = await refused("run");
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    id: "applicability",
    code: "LANE_SILENTLY_OMITTED",
    next: "stage6 not-applicable --lane codex --rationale TEXT --recorded-by NAME",
  });
  const why = "Codex is not installed on this machine, and it will not be installed.";
  await done("not-applicable", "--lane", "codex", "--rationale", why, "--recorded-by", "jp");
  // Now nothing is in the way but the model, which is asked last.
  await endpoint.begin({ status: 401 });
  const ran = await call("run");
  expect({ code: ran.code, asked: endpoint.asked }).toEqual({ code: 1, asked: 1 });
  expect(ran.err).toContain("(AUTH_FAILURE)");
}, 300_000);

test.each([
  [
    "a stranger's signature over the policy",
    "policy-signed OPERATOR_UNKNOWN",
    async () => {
      const file = harness("policy/stage6.policy.json");
      const words = ["-Y", "sign", "-n", POLICY_NAMESPACE, "-f", at("stranger")];
      await cp(file, at("by-a-stranger"));
      await promisify(execFile)("ssh-keygen", [...words, at("by-a-stranger")]);
      await cp(at("by-a-stranger.sig"), `${file}.sig`);
    },
  ],
  [
    "another source than the admitted one",
    "source-admission SOURCE_DRIFT",
    async () => writeFile(join(checkout.path, "agents/closer.md"), "# Another\n"),
  ],
  [
    "no key of the model",
    "live-model MODEL_ENDPOINT_UNSET",
    async () => {
      delete env["LOOPBACK_KEY"];
    },
  ],
])("R6, R9, R38: run refuses %s (%s)", async (_name, line, spoil) => {
  await cp(harness("policy"), at("kept/policy"), { recursive: true });
  await cp(join(checkout.path, "agents"), at("kept/agents"), { recursive: true });
  await spoil();
  const lines = await codes("run");
  await cp(at("kept/policy"), harness("policy"), { recursive: true });
  await cp(at("kept/agents"), join(checkout.path, "agents"), { recursive: true });
  env["LOOPBACK_KEY"] = KEY;
  expect(lines).toEqual([line]);
});

test.each([
  ["nothing at its address", null, "MODEL_UNREACHABLE", "no status"],
  ["an endpoint that is out of service", { status: 503 }, "MODEL_UNREACHABLE", "status 503"],
  ["a key that is not taken", { status: 401 }, "AUTH_FAILURE", "status 401"],
  ["an id that is not known", { status: 404 }, "MODEL_MISMATCH", "status 404"],
  ["an answer of another model", { as: "model-2" }, "MODEL_MISMATCH", "model-2"],
  ["no token counts", { as: "model-1", usage: false }, "MODEL_USAGE_MISSING", "status 200"],
] as const)("R19: no trial begins with %s (%s)", async (_name, manner, code, said) => {
  const before = [await list("runs"), await list("attempts")];
  endpoint.asked = 0;
  if (manner === null) await endpoint.end();
  else await endpoint.begin(manner);
  const ran = await call("run");
  expect({
    code: ran.code,
    asked: endpoint.asked,
    written: [await list("runs"), await list("attempts")],
  }).toEqual({
    code: 1,
    asked: manner === null ? 0 : 1,
    written: before,
  });
  expect(ran.err).toContain(`(${code})`);
  expect(ran.err).toContain(said);
  expect(ran.err).toContain(new URL(endpoint.url).host);
  expect(ran.err).toContain("the same command asks again");
  expect(ran.out + ran.err).not.toContain("secret");
  await endpoint.begin({ as: "model-1" });
});

test("R8, R19: equal failures of the model's side end a live run, which keeps what it made and goes on by the same command", async () => {
  // Its key is taken once, and then no more.
  await endpoint.begin({ as: "model-1" }, { status: 401 });
  const ran = await call("run", "--concurrency", "1");
  expect({ code: ran.code, err: ran.err.includes("Asked the live model") }).toEqual({ code: 5, err: true });
  expect(ran.out).toContain("Stopped: 3 trials in a row failed by AUTH_FAILURE");
  expect(ran.out).toContain("the same command goes on: stage6 run");
  const [plan = ""] = await list("runs");
  const made = await Promise.all(
    (await list("runs", plan, "pi")).map(async (fixture) =>
      Promise.all(
        (await list("runs", plan, "pi", fixture)).map(async (number): Promise<string> => {
          const report: { closure: { class: string } } = JSON.parse(
            await readFile(harness("runs", plan, "pi", fixture, number, "report.json"), "utf8"),
          );
          return report.closure.class;
        }),
      ),
    ),
  );
  expect(made.flat()).toEqual(["AUTH_FAILURE", "AUTH_FAILURE", "AUTH_FAILURE"]);
  // What it made is evidence: it stays, is asked for by no later run, and the plan misses the rest.
  const { checks }: { checks: { id: string; code: string | null }[] } = JSON.parse(
    (await call("validate", "--json")).out,
  );
  expect(checks.find(({ id }) => id === "comparison")?.code).not.toBeNull();
  const before = await sandbox.hashes("harness/runs");
  const again = await call("run", "--concurrency", "1", "--stop-after", "1", "--json");
  expect(again.code).toBe(1);
  expect(JSON.parse(again.out)).toMatchObject({ error: { code: "AUTH_FAILURE" } });
  await endpoint.begin({ as: "model-1" }, { status: 401 });
  const sooner = await call("run", "--concurrency", "1", "--stop-after", "1", "--json");
  expect(JSON.parse(sooner.out)).toMatchObject({
    verdict: "stopped",
    exitCode: 5,
    trials: { stopped: { code: "AUTH_FAILURE", trials: 1 } },
  });
  const after = await sandbox.hashes("harness/runs");
  for (const [file, sha] of before) expect(after.get(file)).toBe(sha);
}, 600_000);
