import { execFile } from "node:child_process";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { ACCEPTANCE_NAMESPACE } from "@stage6/eligibility";
import { openBefore, type GateResult } from "@stage6/validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CompleteRoot, fingerprintOf } from "../testing/complete-root.ts";
import { Sandbox } from "../testing/run-stage6.ts";

/** Folders that the verbs of the gate write. */
const WRITTEN = ["proofs", "acceptances", "eligibility"];
const VERBS = [
  ["proof", ["compare", "--seal"]],
  ["acceptance", ["accept", "--operator", "jp", "--key", "operator"]],
  ["record", ["record"]],
] as const;
type Verb = (typeof VERBS)[number];

let sandbox: Sandbox;
let root: CompleteRoot;
/** One file of each kind. */
let files: readonly string[];
beforeAll(async () => {
  sandbox = await Sandbox.make();
  root = await CompleteRoot.make(sandbox);
  await root.call(VERBS[1][1]);
  const entries = await readdir(harness(), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name).slice(harness().length + 1))
    .toSorted();
  files = [...new Map(paths.map((path) => [kindOf(path), path])).values()];
}, 240_000);
afterAll(() => sandbox.remove());

/** Evidence is alike for the gate, other files are so at the same depth with the same ending, and of trust each is its own. */
function kindOf(path: string): string {
  const parts = path.split("/");
  const [folder = ""] = parts;
  if (["runs", "attempts", "matrix"].includes(folder)) return folder;
  if (folder === "proofs") return parts.at(-1) === "comparison.dsse.json" ? folder : "beside a proof";
  return folder === "trust" ? path : [folder, parts.length, extname(path)].join(",");
}

const harness = (...path: readonly string[]): string => join(sandbox.path, "harness", ...path);

/** What the verbs of the gate wrote. */
async function written(): Promise<string[]> {
  const folders = WRITTEN.map(async (folder) =>
    (await readdir(harness(folder), { recursive: true }).catch((): string[] => [])).map(
      (name) => `${folder}/${name}`,
    ),
  );
  return (await Promise.all(folders)).flat().toSorted();
}

/** Calls verbs on a root as it is; those that `validate` says must not write have to refuse with a code of what it says. */
async function refusing(what: string, verbs: readonly Verb[]): Promise<string[]> {
  const { checks }: GateResult = JSON.parse((await root.call(["validate", "--json"])).out);
  const refused: string[] = [];
  for (const [step, words] of verbs) {
    // `compare` writes a comparison that is gone before it seals.
    const open = openBefore(step, checks).filter(({ id }) => step !== "proof" || id !== "comparison-stored");
    if (open.length === 0) continue;
    const before = await written();
    const { code, out, err } = await root.call(words);
    const said = open.some((one) => `${out}${err}`.includes(one.code ?? "?"));
    expect({ what, step, refused: code !== 0, said, written: await written() }).toEqual({
      what,
      step,
      refused: true,
      said: true,
      written: before,
    });
    refused.push(step);
  }
  return refused;
}

test("a signed document is what it says, whatever the call says: --reject opens no way for an acceptance", async () => {
  const at = (name: string): string => join(sandbox.path, name);
  const sign = async (name: string, ...words: readonly string[]): Promise<void> => {
    expect((await root.call(["accept", "--operator", "jp", "--document", name, ...words])).code).toBe(5);
    await promisify(execFile)(
      "ssh-keygen",
      ["-Y", "sign", "-n", ACCEPTANCE_NAMESPACE, "-f", "operator", name],
      {
        cwd: sandbox.path,
      },
    );
  };
  await root.putBack();
  await sign("yes.json");
  await sign("no.json", "--reject");
  await rename(harness("comparisons"), at("comparisons"));
  const given = (name: string): string[] => [
    "accept",
    "--operator",
    "jp",
    "--document",
    name,
    "--signature",
    `${name}.sig`,
  ];
  const before = await written();
  const open = await root.call([...given("yes.json"), "--reject"]);
  expect(open.out).toContain("comparison-stored COMPARISON_MISSING");
  expect({ code: open.code, written: await written() }).toEqual({ code: 1, written: before });
  // The proof does not hold now, and may be rejected all the same.
  const rejected = await root.call(given("no.json"));
  expect({ code: rejected.code, said: rejected.out.includes("operator:jp rejected") }).toEqual({
    code: 0,
    said: true,
  });
  expect(rejected.out + rejected.err).toContain("must not be recorded");
  await rm(at("comparisons"), { recursive: true });
  await root.putBack();
  await root.call(VERBS[1][1]);
}, 120_000);

test("R9, R38: where the source is not, all but the source is judged when it is asked for, and nothing is recorded (SOURCE_NOT_HERE)", async () => {
  const env = { STAGE6_CASE_BINARY: "" };
  const { out } = await root.call(["validate", "--json"], env);
  const judged: GateResult = JSON.parse(out);
  expect(judged.checks.find(({ id }) => id === "source-admission")).toMatchObject({
    verdict: "fail",
    code: "SOURCE_NOT_HERE",
  });
  expect(judged.exitCode).toBe(1);
  const before = await written();
  for (const [, words] of VERBS) {
    const { code, out: said, err } = await root.call(words, env);
    expect({ words, code, said: `${said}${err}`.includes("SOURCE_NOT_HERE") }).toEqual({
      words,
      code: 1,
      said: true,
    });
  }
  expect(await written()).toEqual(before);
  const audit = await root.call(["validate", "--without-source", "--json"], env);
  const waived: GateResult = JSON.parse(audit.out);
  const open = waived.checks.filter(({ verdict }) => verdict !== "pass");
  expect({ code: audit.code, open: open.map(({ id, verdict, code }) => [id, verdict, code]) }).toEqual({
    code: 5,
    open: [["source-admission", "inconclusive", "SOURCE_NOT_HERE"]],
  });
  // Where the source lies the same is left out.
  expect((await root.call(["validate", "--without-source"])).code).toBe(5);
  const own = [join(import.meta.dirname, "../../../validator/dist/main.js"), "--without-source", "--json"];
  const founder = await fingerprintOf(sandbox, "operator");
  const at = ["--harness-root", "harness", "--now", waived.now];
  const alone = await promisify(execFile)(process.execPath, [...own, ...at, "--founder", founder], {
    cwd: sandbox.path,
  }).then(
    () => ({ code: 0, stdout: "" }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  // The judge on its own says the very same, byte for byte.
  const same = await root.call(["validate", "--without-source", "--json", "--now", waived.now], env);
  expect({ code: alone.code, out: alone.stdout }).toEqual({ code: same.code, out: same.out });
  const plain = await root.call(["validate", "--without-source"], env);
  expect(plain.out).toMatch(/whether it\s+is still so was not looked at/);
  expect((await root.call(["status"], env)).out).toContain("Next: stage6 probe");
}, 120_000);

test("whatever makes validate refuse makes the verbs that write refuse too, with its code", async () => {
  expect(await refusing("nothing", VERBS)).toEqual([]);
  const stopped: string[] = [];
  // Without harness.json a folder is no harness root, and no verb begins.
  for (const file of files.filter((one) => one !== "harness.json")) {
    const bytes = await readFile(harness(file));
    await rm(harness(file));
    const gone = await refusing(`${file} is gone`, VERBS);
    await writeFile(harness(file), Buffer.concat([bytes, Buffer.from(" ")]));
    const longer = await refusing(`${file} is longer`, VERBS.slice(-1));
    await writeFile(harness(file), bytes);
    if (gone.includes("record")) stopped.push(`${file.split("/")[0]} gone`);
    if (longer.includes("record")) stopped.push(`${file.split("/")[0]} longer`);
  }
  const folders = ["acceptances", "admissions", "comparisons", "contracts", "fixtures", "lanes", "plans"];
  const expected = [...folders, "policy", "proofs", "runs", "stage5", "trust"];
  expect(
    expected.filter((one) => !stopped.includes(`${one} gone`) || !stopped.includes(`${one} longer`)),
  ).toEqual([]);
  expect((await root.call(["record"])).code).toBe(0);
}, 600_000);
