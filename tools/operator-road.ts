// Walks the operator's road with the real backends, in a new folder: npm run road -- FOLDER [--live] [words of `plan`].
// Every step is a call of the command line as docs/operators-walkthrough.md has it, printed before it runs. What people
// contribute (the key, the review, Stage 5 evidence) is made up here and says so. On the scripted model the road ends as a
// rehearsal and nothing else. With --live the model is a server on this machine that plays the same scripts and that the
// policy declares live: it shows the road to candidate default, and says nothing of any model. The road stops at the first
// step that refuses, and shows where the gate then stands.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { SourceAdmission } from "@stage6/eligibility";
import { Policy } from "@stage6/comparator";
import { validateDocument, writeStrictBytes } from "@stage6/evidence-interface";
import { readFixture } from "@stage6/runner";
import Type, { type Static, type TSchema } from "typebox";
import { startLoopbackModel } from "./road/loopback-model.ts";

const RUN = [
  join(import.meta.dirname, "run-source.mjs"),
  join(import.meta.dirname, "../packages/cli/src/main.ts"),
];
const MADE_UP = "made up for a rehearsal";
const HOUR_MS = 3_600_000;
/** Steps that show a refusal and take none. */
const SHOWING = ["status", "validate"];
/** What --live declares: a server on this machine, with the fewest trials that live evidence may have. */
const LOOPBACK = {
  provider: "loopback",
  id: "loopback-1",
  keyHeader: "authorization",
  keyVariable: "LOOPBACK_KEY",
} as const;
const LIVE_TRIALS = 5;
const MORE = ["alder", "birch", "cedar"];
/** The parts that are read of what the calls leave; all else is carried on as it is. */
const Draft = Type.Object({ lockfiles: Type.Array(Type.Object({ path: Type.String() })) });
const Admitted = Type.Object({ statement: SourceAdmission });

const [target, ...rest] = process.argv.slice(2);
if (target === undefined || target.startsWith("-")) {
  process.stderr.write("usage: npm run road -- NEW_FOLDER [--live] [words of stage6 plan]\n");
  process.exit(2);
}
const live = rest.includes("--live");
const planWords = rest.filter((word) => word !== "--live");
const folder = resolve(target);
mkdirSync(folder);
const at = (name: string): string => join(folder, name);
const env: NodeJS.ProcessEnv = { ...process.env, STAGE6_KEYS_DIR: at("keys") };

/** One call, with its exit code; a refusal ends the road. */
async function stage6(...words: readonly string[]): Promise<string> {
  const quiet = words.includes("--json");
  process.stdout.write(`\n$ stage6 ${words.join(" ")}\n`);
  const child = spawn(process.execPath, [...RUN, ...words], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 2 * HOUR_MS,
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const status = await new Promise<number | null>((done) => void child.once("close", done));
  if (!quiet || status !== 0) process.stdout.write(stdout);
  process.stdout.write(`exit ${status ?? "by the deadline"}\n`);
  if (status === 0 || SHOWING.includes(words[0] ?? "")) return stdout;
  await stage6("status");
  process.stdout.write(`\nThe road ends at: stage6 ${words.join(" ")}\n`);
  process.exit(status ?? 70);
}

function read<T extends TSchema>(schema: T, text: string): Static<T> {
  const checked = validateDocument(schema, JSON.parse(text));
  if (!checked.ok) throw new TypeError(`${checked.errors[0]?.pointer ?? ""} is not as expected`);
  return checked.value;
}

await stage6("init");
if (live) await declareLive();
execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", MADE_UP, "-f", at("operator")]);
await stage6("operator", "add", "rehearsal", "--key", "operator.pub");
await stage6("sign-policy", "--operator", "rehearsal", "--key", "operator");

await stage6("admit-source", "--draft", "review.json");
const draft = read(Draft, readFileSync(at("review.json"), "utf8"));
const review = {
  ...draft,
  reviewer: MADE_UP,
  preparation: [MADE_UP],
  lockfiles: draft.lockfiles.map(({ path }, order) => ({ path, authoritative: order === 0 })),
};
writeFileSync(at("review.json"), JSON.stringify(review, null, 2));
const admitted = read(Admitted, await stage6("admit-source", "--review", "review.json", "--json"));

const { subject, predicate } = admitted.statement;
const now = Date.now();
const time = (hours: number): string => new Date(now + hours * HOUR_MS).toISOString();
mkdirSync(at("evidence"));
writeFileSync(at("evidence/report.txt"), `${MADE_UP}\n`);
const stage5 = {
  schemaVersion: "1.0",
  result: "PASSED",
  source: {
    repository: predicate.repository,
    commit: subject[0]?.digest.gitCommit,
    gitTree: subject[0]?.digest.gitTree,
  },
  target: { repository: MADE_UP, ownership: "owned-noncritical", baseCommit: "0".repeat(40) },
  validator: { name: MADE_UP, version: "1.0.0" },
  startedAt: time(-2),
  finishedAt: time(-1),
  expiresAt: time(24 * 20),
};
writeFileSync(at("stage5.json"), JSON.stringify(stage5, null, 2));
await stage6("stage5", "--files", "evidence", "--statement", "stage5.json");

await stage6("plan", "--candidate", "case", ...(live ? ["--live"] : []), ...planWords);
await stage6("run");
await stage6("compare");
await stage6("matrix");
await stage6("compare", "--seal");
await stage6("accept", "--operator", "rehearsal", "--key", "operator");
await stage6("record");
await stage6("validate");
await stage6("status");
if (live) await stage6("health");
process.exit(0);

/** Adds fixtures up to the floor of live evidence, and declares a server on this machine as the live model. */
async function declareLive(): Promise<void> {
  for (const word of MORE) await addNote(word);
  const names = readdirSync(at("harness/fixtures"));
  const fixtures = await Promise.all(names.map((id) => readFixture(at(`harness/fixtures/${id}`))));
  const model = await startLoopbackModel(fixtures, LOOPBACK.id);
  const file = at("harness/policy/stage6.policy.json");
  const policy = read(Policy, readFileSync(file, "utf8"));
  const { trialsPerCell } = policy;
  const declared: Policy = {
    ...policy,
    trialsPerCell: { ...trialsPerCell, live: LIVE_TRIALS },
    liveModel: {
      ...LOOPBACK,
      url: model.url,
      localServer: "the scripted model of this road, which plays the fixtures' own scripts",
    },
  };
  writeFileSync(file, writeStrictBytes(declared));
  env[LOOPBACK.keyVariable] = model.key;
}

/** A small repository of its own, as a fixture with its script. */
async function addNote(word: string): Promise<void> {
  const from = at(`note-${word}`);
  mkdirSync(join(from, "notes"), { recursive: true });
  writeFileSync(join(from, "notes/list.txt"), "none yet\n");
  const git = (...words: string[]): unknown =>
    execFileSync("git", ["-c", "user.name=made-up", "-c", "user.email=made-up@example.invalid", ...words], {
      cwd: from,
    });
  git("init", "-q", "--initial-branch=main");
  git("add", ".");
  git("commit", "-q", "-m", MADE_UP);
  const steps = [
    { do: "edit", path: "notes/list.txt", oldText: "none yet\n", newText: `${word}\n` },
    { do: "shell", command: "cat notes/list.txt" },
    { do: "say", text: `notes/list.txt holds ${word} now.` },
  ];
  writeFileSync(at(`${word}.json`), JSON.stringify({ steps }));
  writeFileSync(
    at(`${word}.md`),
    `Write the word ${word} into notes/list.txt, in place of what stands there.\n`,
  );
  const consent = ["--owner", "rehearsal", "--consent", `${MADE_UP}, noncritical`];
  const what = ["--from", from, "--base", "main", "--task", `${word}.md`, "--allow", "notes/**"];
  await stage6(
    "fixtures",
    "add",
    "--id",
    `note-${word}`,
    ...what,
    ...consent,
    "--script",
    `${word}.json`,
    "--oracle",
    "grep",
    "-qx",
    word,
    "notes/list.txt",
  );
}
