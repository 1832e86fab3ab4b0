import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "./cli.ts";
import { makeCaseCheckout } from "./testing/case-checkout.ts";

const KEY = "operators-private-key";
const NOW = Date.UTC(2026, 0, 1);

let folder = "";
/** A search path with everything that the command line needs, and without bubblewrap. */
let noBwrap = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stage6 start-"));
  noBwrap = join(folder, "bin");
  mkdirSync(noBwrap);
  for (const tool of ["env", "git", "mkfifo", "node", "ps", "sh", "tar"]) {
    const path = tool === "node" ? process.execPath : `/usr/bin/${tool}`;
    if (existsSync(path)) symlinkSync(path, join(noBwrap, tool));
  }
  if ((await call("init")).exit !== 0) throw new Error("no root");
  const config = join(folder, "root", "harness.json");
  const harness: Record<string, unknown> = JSON.parse(readFileSync(config, "utf8"));
  const protectedTrees = [{ name: "core", kind: "core", path: join(folder, "core") }];
  writeFileSync(config, JSON.stringify({ ...harness, protectedTrees }));
}, 120_000);
beforeEach(() => {
  write("home/runner.pem", `${KEY}\n`);
  write("core/file", "v1\n");
  execFileSync("git", ["init", "-q", "--bare", join(folder, "remote.git")], { timeout: 20_000 });
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const left of ["remote.git", "loot"]) rmSync(join(folder, left), { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string, mode = 0o644): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, mode);
  return full;
}

/** A program that answers as Case does, and does on the way what bounds forbid. */
function hostile(words = ""): string {
  return `#!/usr/bin/env node
const fs = require("fs"), { execSync } = require("child_process");
const attempt = (work) => { try { work(); } catch {} };
attempt(() => fs.appendFileSync(${JSON.stringify(join(folder, "loot"))}, fs.readFileSync(${JSON.stringify(join(folder, "home/runner.pem"))})));
attempt(() => fs.writeFileSync(${JSON.stringify(join(folder, "core/file"))}, "v2\\n"));
attempt(() => execSync("git init -q x && cd x && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git push -q '${join(folder, "remote.git")}' HEAD:refs/heads/stolen", { stdio: "ignore" }));
console.log(process.argv.includes("--version") ? "1.0.0" : "Usage: ca [command]\\n\\n  run      run a task\\n  create   make a task");
${words}
`;
}

/** What the program did to the host. */
const harm = (): string[] => [
  ...(existsSync(join(folder, "loot")) ? ["key read"] : []),
  ...(readFileSync(join(folder, "core/file"), "utf8") === "v1\n" ? [] : ["core changed"]),
  ...(existsSync(join(folder, "remote.git/refs/heads/stolen")) ? ["pushed"] : []),
];
const ALL = ["key read", "core changed", "pushed"];

let env: Record<string, string | undefined> = {};
async function call(...argv: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const stopped = new AbortController();
  stopped.abort();
  const exit = await main([...argv, "--harness-root", join(folder, "root")], {
    cwd: folder,
    env: {
      ...env,
      STAGE6_KEYS_DIR: join(folder, "keys"),
      STAGE6_BACKENDS_DIR: join(folder, "backends"),
      HOME: folder,
    },
    out: (text) => (out += text),
    err: (text) => (err += text),
    color: false,
    now: () => NOW,
    // A run that is interrupted at once probes its lanes, and starts no trial.
    interrupt: () => stopped.signal,
  });
  return { exit, out, err };
}

const WISH = [
  "--candidate",
  "case",
  "--lanes",
  "case,fake",
  "--fixtures",
  "fix-failing-test",
  "--bounds",
  "default",
];

describe("a verb that starts the candidate's program to tell its version", () => {
  beforeEach(async () => {
    env = { STAGE6_CASE_BINARY: write("case", hostile(), 0o755) };
  });

  it.each<[string, readonly string[]]>([
    ["probe", ["probe"]],
    ["plan", ["plan", ...WISH]],
    ["run", ["run"]],
    ["rehearse", ["rehearse", ...WISH, "--no-install"]],
    ["health", ["health"]],
  ])("R15, R16, R41: %s confines it whatever the tier of the plan", async (_verb, words) => {
    const { out, err } = await call(...words);
    expect(harm()).toEqual([]);
    expect(`${out}${err}`).not.toContain("unconfined");
  });

  it.each<[string, readonly string[]]>([
    ["probe", ["probe"]],
    ["plan", ["plan", ...WISH, "--dry-run"]],
    ["run", ["run"]],
  ])(
    "R16, R41: %s says it where the host has no strict bounds, and refuses a program that changed a protected tree",
    async (_verb, words) => {
      vi.stubEnv("PATH", noBwrap);
      const { out, err } = await call(...words);
      expect(harm()).toEqual(ALL);
      expect(`${out}${err}`).toContain("unconfined");
      expect(`${out}${err}`).toContain("protected trees changed: core");
    },
  );

  it("R41: a plan says how its backends were asked", async () => {
    const documents = [];
    for (const path of [process.env["PATH"], noBwrap]) {
      vi.stubEnv("PATH", path);
      const { out } = await call("plan", "--candidate", "fake", ...WISH.slice(2), "--dry-run", "--json");
      const made: { plan: { document: { lanes: unknown } } } = JSON.parse(out);
      documents.push(made.plan.document);
    }
    expect(documents).toMatchObject([
      { bounds: { probes: "confined" } },
      { bounds: { probes: "unconfined" } },
    ]);
    expect(documents[1]?.lanes).toMatchObject([
      { lane: "case", state: "blocked", reason: { code: "PROBE_TRESPASSED" } },
      {},
      { lane: "fake", state: "planned" },
      {},
    ]);
  });
});

describe("an admission starts the program", () => {
  it("R16, R38: within strict bounds, and refuses one that it saw change a protected tree (PROBE_TRESPASSED)", async () => {
    const checkout = await makeCaseCheckout(folder, "checkout");
    write("checkout-runtime", hostile(), 0o755);
    env = checkout.env;
    expect((await call("admit-source", "--draft", "draft.json")).exit).toBe(0);
    const draft: Record<string, unknown> = JSON.parse(readFileSync(join(folder, "draft.json"), "utf8"));
    const lockfiles = [{ path: "bun.lock", authoritative: true }];
    const review = { ...draft, reviewer: "reviewer:sample", preparation: ["install"], lockfiles };
    writeFileSync(join(folder, "review.json"), JSON.stringify(review));
    vi.stubEnv("PATH", noBwrap);
    const free = await call("admit-source", "--review", "review.json");
    expect(harm()).toEqual(ALL);
    expect(free.out).toContain("PROBE_TRESPASSED");
    vi.unstubAllEnvs();
    for (const left of ["remote.git", "loot"]) rmSync(join(folder, left), { recursive: true, force: true });
    write("core/file", "v1\n");
    const bound = await call("admit-source", "--review", "review.json");
    expect(harm()).toEqual([]);
    expect(bound.out).toContain("started:  within strict bounds");
  });
});

describe("the record that a lane is not applicable", () => {
  it("R41: confines the program of the lane's name that lies on PATH", async () => {
    write("path/codex", hostile(), 0o755);
    vi.stubEnv("PATH", `${join(folder, "path")}:${process.env["PATH"]}`);
    env = {};
    const made = await call("plan", "--candidate", "fake", "--fixtures", "fix-failing-test", "--json");
    const { plan }: { plan: { id: string } } = JSON.parse(made.out);
    const rationale = "There is no such program for this machine and never will be.";
    const { out, err } = await call(
      "not-applicable",
      "--lane",
      "codex",
      "--rationale",
      rationale,
      "--plan",
      plan.id,
      "--recorded-by",
      "me",
    );
    expect(harm()).toEqual([]);
    expect(`${out}${err}`).toContain("the probe ended with exit code 0");
  });
});
