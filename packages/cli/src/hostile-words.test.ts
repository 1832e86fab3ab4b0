import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command, Option } from "commander";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildProgram } from "./build-program.ts";
import { shellQuote } from "./command-context.ts";
import { terminalJson, terminalText } from "./terminal-text.ts";
import { Sandbox, type Ran } from "./testing/run-stage6.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
});
afterAll(async () => sandbox.remove());

/** Words that forge lines, move the cursor, turn the direction of writing or hide themselves. */
const HOSTILE = [
  "x\nPASS all checks",
  "x\rPASS all checks",
  "x\u001b[2J\u001b]0;PASS\u0007",
  "x\u009b2JPASS\u0085PASS",
  "x\u2028PASS\u2029PASS",
  "x\u0000PASS\u007f\b\b",
  "x\u202eSSAP\u2066\u200f\u061c",
  "x\u200b\u200d\ufeff\u00ad\u{e0041}",
  "x\u05d0\u0627\u{10330}",
  "x\ud800y",
  "--x\u202e\u009b=\u0085",
];

/** One word that is refused at the door, and one that comes as far as it can. */
const WORST: readonly [string, string] = [
  "x\nPASS\r\u001b[2J\u009b2J\u2028\u0000\u007f",
  "x\u202eSSAP\u2066\u200f\u061c\u200b\u200d\ufeff\u00ad\u{e0041}\u05d0\u0627\u{10330}y",
];

/** Nothing but printable ASCII and line ends, and no line that a word began. */
function expectPlain({ out, err }: Ran, words: readonly string[]): void {
  const shown = { words, raw: `${out}${err}`.match(/[^\x20-\x7e\n…]/gu) ?? [] };
  expect(shown).toEqual({ words, raw: [] });
  const forged = `${out}${err}`.split("\n").filter((line) => line.startsWith("PASS"));
  expect({ words, forged }).toEqual({ words, forged: [] });
}

interface Verb {
  readonly path: readonly string[];
  readonly command: Command;
}
const nothing = (): void => undefined;
const program = buildProgram({ onResult: () => Promise.resolve(), writeOut: nothing, writeErr: nothing });
const leaves = ({ path, command }: Verb): Verb[] =>
  command.commands.length === 0
    ? [{ path, command }]
    : command.commands.flatMap((one) => leaves({ path: [...path, one.name()], command: one }));
const VERBS = leaves({ path: [], command: program });
const RUNS = new Set(["rehearse", "run", "matrix"]);
const takesValue = ({ required, optional }: Option): boolean => required || optional;

/** A call of a verb whose arguments and needed options all are this word, and one more option, too. */
function wordsOf({ path, command }: Verb, word: string, more: Option | null): string[] {
  const options = command.options.filter((one) => takesValue(one) && (one.mandatory || one === more));
  return [
    "--harness-root",
    more === null ? word : "nowhere",
    ...path,
    ...options.flatMap(({ long }) => [`${long ?? ""}=${word}`]),
    ...command.registeredArguments.map(() => word),
  ];
}

describe("words of the command line", () => {
  test("every verb is in the table", () => {
    expect(VERBS.length).toBeGreaterThan(25);
  });

  test.each(VERBS.map((verb) => [verb.path.join(" "), verb] as const))(
    "%s shows no control, no mark of direction and no forged line, whatever its root, arguments and options are",
    async (_name, verb) => {
      expect.hasAssertions();
      const options = verb.command.options.filter(takesValue);
      const [refused, whole] = WORST;
      // What would run trials in a root of that name is tried with its options alone.
      if (!RUNS.has(verb.path[0] ?? ""))
        for (const word of WORST) {
          const words = wordsOf(verb, word, null);
          expectPlain(await sandbox.call(words), words);
        }
      for (const [at, more] of options.entries()) {
        if (more.long === "--bounds" && verb.path[0] === "probe") continue;
        const words = wordsOf(verb, at % 2 === 0 ? whole : refused, more);
        // What is shown of trials is tried below.
        if (verb.path[0] === "rehearse" && more.long !== "--fixtures") words.push("--fixtures", "nowhere");
        expectPlain(await sandbox.call([...words, "--json"]), words);
      }
    },
    240_000,
  );

  test("unknown verbs, options and values are shown as escapes", async () => {
    for (const word of HOSTILE)
      for (const words of [
        [word],
        ["fixtures", word],
        ["probe", `--${word}`],
        ["plan", "--candidate", word],
        ["--", word],
        ["probe", "--", word],
        ["--now", word, "probe"],
      ]) {
        const ran = await sandbox.call(words);
        expect(ran.code).toBe(2);
        expectPlain(ran, words);
      }
    const { err } = await sandbox.call(["prob\u202ee"]);
    expect(err).toContain("prob\\u202ee");
  });

  test("R44: what a root was given is shown as escapes by every verb that shows it again", async () => {
    expect.hasAssertions();
    const mark = "\u202egnp\u200b\u05d0";
    await mkdir(join(sandbox.path, "repo"));
    const git = (...words: string[]): void =>
      void execFileSync("git", ["-C", join(sandbox.path, "repo"), ...words]);
    git("init", "-q", "-b", "main");
    await writeFile(join(sandbox.path, "repo", "a.txt"), "a\n");
    await writeFile(join(sandbox.path, "task.md"), "Change it.\n");
    git("add", ".");
    git("-c", "user.email=a@example.invalid", "-c", "user.name=a", "commit", "-qm", "a");
    const root = ["--harness-root", `root${mark}`];
    for (const words of [
      ["init"],
      [
        "fixtures",
        "add",
        "--from",
        "repo",
        "--base",
        "main",
        "--task",
        "task.md",
        "--allow",
        "a.txt",
        "--id",
        "zz",
        "--title",
        `t${mark}`,
        "--owner",
        `o${mark}`,
        "--consent",
        `c${mark}`,
        "--command",
        `t=true ${mark}`,
        "--oracle",
        "sh",
        "-c",
        `true ${mark}\nPASS\u001b[2J`,
      ],
      ["fixtures", "list"],
      ["fixtures", "own", `x${mark}`, "--owner", "o", "--consent", "c"],
      ["revoke", "proof", `sha256:${"1".repeat(64)}`, "--reason", `r${mark}`],
      ["operator", "add", "jp", "--key", `k${mark}`],
      ["plan", "--candidate", "fake", "--fixtures", `f${mark}`],
      ["accept", "--operator", "jp", "--document", `d${mark}`],
      ["status"],
      ["validate"],
      ["validate-planning", "--prd", `p${mark}`],
    ]) {
      expectPlain(await sandbox.call([...root, ...words]), words);
      expectPlain(await sandbox.call([...root, "--json", ...words]), words);
    }
  });
});

test("a text is shown in printable ASCII, and a JSON document means the same afterwards", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(terminalText(text)).toMatch(/^[\x20-\x7e\n…]*$/);
      const document = JSON.stringify({ [text]: text });
      expect(terminalJson(document)).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(terminalJson(document))).toEqual(JSON.parse(document));
    }),
  );
});

test("a word for a shell is printable, and bash reads it as the word that it was", () => {
  for (const word of ["a b", "it's", "\u00e9 \\ '", "x\u202e\u{1f600}", "a\nb"]) {
    expect(shellQuote(word)).toMatch(/^[\x20-\x7e]*$/);
    const said = execFileSync("bash", ["-c", `printf %s ${shellQuote(word)}`], {
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    expect(said.toString("utf8")).toBe(word);
  }
});
