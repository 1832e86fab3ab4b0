// Walks the operator's road with the real backends on the scripted model, in a new folder: npm run road -- FOLDER [words of `plan`].
// Every step is a call of the command line as docs/operators-walkthrough.md has it, printed before it runs. What people
// contribute (the key, the review, Stage 5 evidence) is made up here and says so; on scripted evidence the road can end
// as a rehearsal and nothing else. It stops at the first step that refuses, and shows where the gate then stands.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { SourceAdmission } from "@stage6/eligibility";
import { validateDocument } from "@stage6/evidence-interface";
import Type, { type Static, type TSchema } from "typebox";

const RUN = [
  join(import.meta.dirname, "run-source.mjs"),
  join(import.meta.dirname, "../packages/cli/src/main.ts"),
];
const MADE_UP = "made up for a rehearsal";
const HOUR_MS = 3_600_000;
/** Steps that show a refusal and take none. */
const SHOWING = ["status", "validate"];
/** The parts that are read of what the calls leave; all else is carried on as it is. */
const Draft = Type.Object({ lockfiles: Type.Array(Type.Object({ path: Type.String() })) });
const Admitted = Type.Object({ statement: SourceAdmission });

const [target, ...planWords] = process.argv.slice(2);
if (target === undefined || target.startsWith("-")) {
  process.stderr.write("usage: npm run road -- NEW_FOLDER [words of stage6 plan]\n");
  process.exit(2);
}
const folder = resolve(target);
mkdirSync(folder);
const at = (name: string): string => join(folder, name);

/** One call, with its exit code; a refusal ends the road. */
function stage6(...words: readonly string[]): string {
  const quiet = words.includes("--json");
  process.stdout.write(`\n$ stage6 ${words.join(" ")}\n`);
  const { status, stdout } = spawnSync(process.execPath, [...RUN, ...words], {
    cwd: folder,
    env: { ...process.env, STAGE6_KEYS_DIR: at("keys") },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 2 ** 20,
    timeout: 2 * HOUR_MS,
  });
  if (!quiet || status !== 0) process.stdout.write(stdout);
  process.stdout.write(`exit ${status ?? "by the deadline"}\n`);
  if (status === 0 || SHOWING.includes(words[0] ?? "")) return stdout;
  stage6("status");
  process.stdout.write(`\nThe road ends at: stage6 ${words.join(" ")}\n`);
  process.exit(status ?? 70);
}

function read<T extends TSchema>(schema: T, text: string): Static<T> {
  const checked = validateDocument(schema, JSON.parse(text));
  if (!checked.ok) throw new TypeError(`${checked.errors[0]?.pointer ?? ""} is not as expected`);
  return checked.value;
}

stage6("init");
execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", MADE_UP, "-f", at("operator")]);
stage6("operator", "add", "rehearsal", "--key", "operator.pub");
stage6("sign-policy", "--operator", "rehearsal", "--key", "operator");

stage6("admit-source", "--draft", "review.json");
const draft = read(Draft, readFileSync(at("review.json"), "utf8"));
const review = {
  ...draft,
  reviewer: MADE_UP,
  preparation: [MADE_UP],
  lockfiles: draft.lockfiles.map(({ path }, order) => ({ path, authoritative: order === 0 })),
};
writeFileSync(at("review.json"), JSON.stringify(review, null, 2));
const admitted = read(Admitted, stage6("admit-source", "--review", "review.json", "--json"));

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
stage6("stage5", "--files", "evidence", "--statement", "stage5.json");

stage6("plan", "--candidate", "case", ...planWords);
stage6("run");
stage6("compare");
stage6("matrix");
stage6("compare", "--seal");
stage6("accept", "--operator", "rehearsal", "--key", "operator");
stage6("record");
stage6("validate");
stage6("status");
