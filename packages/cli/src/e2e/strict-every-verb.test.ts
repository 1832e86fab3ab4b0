import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  giveTo,
  classifyAttempt,
  digestTree,
  prepareDecoyRemote,
  prepareShims,
  probeStrict,
  ShimWitness,
  runBoundedTool,
  type DecoyRemote,
} from "@stage6/bounds";
import { checkDocument } from "@stage6/evidence-interface";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../build-program.ts";
import { CALLS, prepareVerbs, VERBS } from "./prepare-verbs.ts";
import { VerbResults } from "./verb-calls.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");
const CLI = fileURLToPath(new URL("../../", import.meta.url));
const DEADLINE_MS = 240_000;

const SHUT = ["core", "vendor", "other", "home"] as const;

/** Every command of the program that does something, as `verb` or `verb subverb`. */
function verbsOf(command: Command, name = ""): string[] {
  const below = command.commands.flatMap((one) => verbsOf(one, `${name} ${one.name()}`.trim()));
  return below.length > 0 ? below : [name];
}

it("every verb of the program is called here", () => {
  const nothing = (): void => undefined;
  const program = buildProgram({ onResult: () => Promise.resolve(), writeOut: nothing, writeErr: nothing });
  expect(Object.keys(VERBS).toSorted()).toEqual(verbsOf(program).toSorted());
});

describe("every verb inside strict bounds", () => {
  let top: string;
  let results: VerbResults;
  let remote: DecoyRemote;
  let witness: ShimWitness;
  let refs: string;
  const before = new Map<string, string>();
  const at = (...names: readonly string[]): string => join(top, ...names);
  const digest = async (name: string): Promise<string> =>
    (await digestTree(at(name), { skipGit: false })).digest;
  const shims = (): string => at("shims");

  beforeAll(async () => {
    top = realpathSync(mkdtempSync(join(tmpdir(), "stage6-verbs-")));
    mkdirSync(at("shims"));
    remote = await prepareDecoyRemote(at("remote.git"));
    await prepareVerbs(top, remote.url, REPOSITORY);
    await prepareShims(shims(), at("shims/calls"));
    witness = await ShimWitness.open(at("shims/calls"));
    for (const name of SHUT) before.set(name, await digest(name));
    refs = await remote.refsDigest();

    for (const name of ["notes", "out"]) mkdirSync(at(name));
    const driver = await probeStrict();
    if (!driver.ok) throw new Error(`${driver.code}: ${driver.detail}. ${driver.cure}`);
    // Within reach and to be written: a verb that did what it must not would leave its effect, not a refusal.
    const open = ["core", "vendor", "other", "home", "keys", "work", "remote.git", "shims", "out"];
    await giveTo(
      driver.user,
      open.map((name) => at(name)),
    );
    const { exitCode, stdout, stderr } = await runBoundedTool(
      {
        ...driver,
        mounts: [
          { path: REPOSITORY, writable: false },
          ...open.map((name) => ({ path: at(name), writable: true })),
        ],
      },
      [
        process.execPath,
        "--conditions=@stage6/source",
        `--import=${import.meta.resolve("tsx")}`,
        join(HERE, "call-verbs.ts"),
        at("work/calls.json"),
        at("out/results.json"),
      ],
      {
        cwd: at("work"),
        env: {
          PATH: `${shims()}:/usr/local/bin:/usr/bin:/bin`,
          HOME: at("home"),
          LC_ALL: "C",
          STAGE6_KEYS_DIR: at("keys"),
          STAGE6_BACKENDS_DIR: at("work/backends"),
          // npm keeps its logs in its cache, which is in the home folder unless somebody says otherwise.
          npm_config_cache: at("work/npm"),
          TSX_TSCONFIG_PATH: join(CLI, "tsconfig.json"),
        },
        timeoutMs: DEADLINE_MS,
        maxBytes: 1_000_000,
      },
      at("notes"),
    );
    await giveTo({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }, [at("remote.git")]);
    if (exitCode !== 0) throw new Error(`${String(stdout)}\n${String(stderr)}`);
    const { value } = checkDocument(
      VerbResults,
      JSON.parse(readFileSync(at("out/results.json"), "utf8")),
      "results",
    );
    if (value === null) throw new Error("the calls left no results");
    results = value;
  }, DEADLINE_MS + 60_000);
  afterAll(() => rmSync(top, { recursive: true, force: true, maxRetries: 3 }));

  it("R13, R14: each does its work or refuses with a reason, and none activates anything", () => {
    const said = results.map(({ code, activation }, index) => ({
      verb: CALLS[index]?.verb,
      sound: [0, 1, 2, 3, 4, 5].includes(code),
      activation,
    }));
    expect(said).toEqual(CALLS.map(({ verb }) => ({ verb, sound: true, activation: "none" })));
    const worked = results.filter(({ code }) => code === 0).length;
    expect(worked).toBeGreaterThan(15);
  });

  it("R13, R41: none pushes, merges, publishes or opens anything, seen from the other side", async () => {
    expect(await remote.readAttempts()).toBe(0);
    expect(await remote.refsDigest()).toBe(refs);
    const { entries, flooded, lost } = await witness.close();
    expect({ flooded, lost }).toEqual({ flooded: 0, lost: [] });
    const actions = entries.map((entry) =>
      entry.kind === "call" ? classifyAttempt(entry.argv) : entry.kind,
    );
    expect(actions.filter((action) => action !== null)).toEqual([]);
  });

  it("R15, R16, R41: none touches Core, a vendor's source, another repository or the home folder", async () => {
    for (const name of SHUT) expect([name, await digest(name)]).toEqual([name, before.get(name)]);
  });

  it("those that promise to read change no byte", () => {
    const changed = CALLS.filter(
      ({ reads }, index) => reads === true && results[index]?.changed === true,
    ).map(({ verb, words }) => `${verb} ${words.join(" ")}`);
    expect(changed).toEqual([]);
    // The look itself can tell: those that write did.
    expect(results[0]?.changed).toBe(true);
  });
});
