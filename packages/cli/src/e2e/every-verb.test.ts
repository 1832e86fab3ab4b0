import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { classifyAttempt, prepareDecoyRemote, type DecoyRemote } from "@stage6/bounds";
import { checkDocument } from "@stage6/evidence-interface";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { switchesIn } from "../testing/find-switches.ts";
import { RecordingTools } from "../testing/recording-tools.ts";
import { CALLS, prepareVerbs } from "./prepare-verbs.ts";
import { VerbResults } from "./verb-calls.ts";

const CALL_VERBS = fileURLToPath(new URL("call-verbs.ts", import.meta.url));
const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");
const TSCONFIG = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));
const DEADLINE_MS = 480_000;
/** Words of what this project never does, as arguments of git, npm or a hosting service's tool. */
const FORBIDDEN =
  /^(?:push|send-pack|merge|pull|request-pull|publish|unpublish|dist-tag|deprecate|deploy|release|promote)$/;
/** The self-test of the strict bounds tries everything without them first, in a folder and against a remote of its own. */
const isProbe = ([tool, verb, flag, remote = "", ref, ...more]: readonly string[]): boolean =>
  `${tool} ${verb} ${flag} ${ref}` === "git push --quiet HEAD:refs/heads/probe" &&
  remote.endsWith("/free/outside/remote.git") &&
  more.length === 0;
/** Where something is on: fake is the default validation lane. */
const ON = /^(?:[^/]+\/)*(?:harness\.json\/lanes\/fake|lanes\/fake\/lane\.json)\/enabledByDefault$/;

describe("every verb, with every tool on PATH noted and every file read afterwards", () => {
  let top: string;
  let results: VerbResults;
  let remote: DecoyRemote;
  let refs: string;
  let tools: RecordingTools;
  const at = (...names: readonly string[]): string => join(top, ...names);

  beforeAll(async () => {
    top = realpathSync(mkdtempSync(join(tmpdir(), "stage6-every-verb-")));
    remote = await prepareDecoyRemote(at("remote.git"));
    await prepareVerbs(top, remote.url, REPOSITORY);
    refs = await remote.refsDigest();
    tools = new RecordingTools(at("tools"));
    mkdirSync(at("out"));
    const ran = spawnSync(
      process.execPath,
      [
        "--conditions=@stage6/source",
        `--import=${import.meta.resolve("tsx")}`,
        CALL_VERBS,
        at("work/calls.json"),
        at("out/results.json"),
      ],
      {
        cwd: at("work"),
        env: {
          PATH: `${tools.folder}:/usr/local/bin:/usr/bin:/bin`,
          HOME: at("home"),
          LC_ALL: "C",
          STAGE6_KEYS_DIR: at("keys"),
          STAGE6_BACKENDS_DIR: at("work/backends"),
          npm_config_cache: at("work/npm"),
          // No registry: a backend that cannot be installed is a refusal with a reason.
          npm_config_registry: "http://127.0.0.1:9/",
          npm_config_fetch_retries: "0",
          TSX_TSCONFIG_PATH: TSCONFIG,
        },
        encoding: "utf8",
        timeout: DEADLINE_MS,
        killSignal: "SIGKILL",
      },
    );
    if (ran.status !== 0) throw new Error(`${ran.stdout}\n${ran.stderr}`);
    const { value } = checkDocument(
      VerbResults,
      JSON.parse(readFileSync(at("out/results.json"), "utf8")),
      "results",
    );
    if (value === null) throw new Error("the calls left no results");
    results = value;
  }, DEADLINE_MS + 60_000);
  afterAll(() => rmSync(top, { recursive: true, force: true, maxRetries: 3 }));

  it("R13, R14: most do their work, so that what they do can be seen", () => {
    expect(results).toHaveLength(CALLS.length);
    expect(results.filter(({ code }) => code === 0).length).toBeGreaterThan(15);
    expect(results.every(({ activation }) => activation === "none")).toBe(true);
  });

  it("R13, R41: runs no git, npm or hosting tool that pushes, merges, publishes, deploys or opens anything", async () => {
    const calls = tools.calls().filter((words) => !isProbe(words));
    expect(calls.filter(([tool]) => tool === "git").length).toBeGreaterThan(20);
    const wrong = calls.filter(
      (words) =>
        classifyAttempt(words) !== null ||
        words.slice(1).some((word) => FORBIDDEN.test(word)) ||
        !["git", "npm"].includes(words[0] ?? ""),
    );
    expect(wrong).toEqual([]);
    expect(await remote.readAttempts()).toBe(0);
    expect(await remote.refsDigest()).toBe(refs);
    // The look itself can tell.
    execFileSync("git", ["-C", at("other"), "--no-pager", "push", "--dry-run", "origin", "main"], {
      env: { PATH: `${tools.folder}:/usr/bin:/bin` },
      stdio: "ignore",
    });
    expect(tools.calls().at(-1)).toContain("push");
  });

  it("R4, R13, R14, R30: writes no document in which a candidate is turned on", () => {
    const files = ["work", "keys", "home", "out"].flatMap((name) =>
      readdirSync(at(name), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    expect(files.length).toBeGreaterThan(200);
    const on = files.flatMap((file) => switchesIn(file).map((place) => `${relative(top, file)}${place}`));
    expect(on.filter((place) => !ON.test(place))).toEqual([]);
    expect(on.length).toBeGreaterThan(0);
    // The look itself can tell, inside a signed payload too.
    const payload = Buffer.from(JSON.stringify({ predicate: { activation: "default" } })).toString("base64");
    writeFileSync(at("out/forged.json"), JSON.stringify({ payload }));
    expect(switchesIn(at("out/forged.json"))).toEqual(["/payload/predicate/activation"]);
    expect(existsSync(at("work/default"))).toBe(false);
  });
});
