import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { writeStrictBytes } from "@stage6/evidence-interface";
import { afterAll, beforeAll, expect, test } from "vitest";
import { finish, Sandbox } from "./testing/run-stage6.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
});
afterAll(async () => sandbox.remove());

/** A file of the sandbox, executable unless said otherwise. */
async function put(path: string, content: string | Uint8Array, mode = 0o755): Promise<string> {
  const file = join(sandbox.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

const prints = (text: string) => `#!/bin/sh\nprintf '%s\\n' '${text}'\n`;
const GARBAGE = Uint8Array.from({ length: 4096 }, (_, at) => (at * 151 + 7) & 0xff);

/** A Pi of this version as npm lays it out. */
async function pi(folder: string, version: string, name: string): Promise<string> {
  const manifest = { name, version, bin: { pi: "cli.js" }, engines: { node: ">=20.6.0" } };
  await put(`${folder}/package.json`, JSON.stringify(manifest), 0o644);
  return put(`${folder}/cli.js`, `console.error(${JSON.stringify(version)});\n`);
}

interface Refusal {
  readonly lane: "codex" | "pi";
  readonly code: string;
  /** Part of the next step that is shown. */
  readonly next: string;
  readonly backend: () => Promise<string | null>;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  "codex absent": {
    lane: "codex",
    code: "BACKEND_MISSING",
    next: "stage6 backends install codex",
    backend: async () => null,
  },
  "pi absent": {
    lane: "pi",
    code: "BACKEND_MISSING",
    next: "stage6 backends install pi",
    backend: async () => null,
  },
  "a configured codex that does not exist": {
    lane: "codex",
    code: "BACKEND_MISSING",
    next: "Correct backends.codex in harness.json",
    backend: async () => join(sandbox.path, "nowhere", "codex"),
  },
  "codex too old": {
    lane: "codex",
    code: "VERSION_UNSUPPORTED",
    next: "npm install @openai/codex@",
    backend: async () => put("old/codex", prints("codex-cli 0.58.0")),
  },
  "pi 0.63.2, which Case brings": {
    lane: "pi",
    code: "VERSION_UNSUPPORTED",
    next: "npm install @earendil-works/pi-coding-agent@",
    backend: async () => pi("old-pi", "0.63.2", "@mariozechner/pi-coding-agent"),
  },
  "a codex that prints garbage": {
    lane: "codex",
    code: "PROBE_FAILED",
    next: "Install the backend again",
    backend: async () => {
      const bytes = await put("garbage/bytes", GARBAGE, 0o644);
      return put("garbage/codex", `#!/bin/sh\ncat '${bytes}'\n`);
    },
  },
  "a pi that prints garbage": {
    lane: "pi",
    code: "PROBE_FAILED",
    next: "Install the backend again",
    backend: async () => put("garbage-pi/cli.js", "process.stdout.write(Buffer.alloc(4096, 0xff));\n"),
  },
  "a codex that is no program": {
    lane: "codex",
    code: "PROBE_FAILED",
    next: "Check that the file is an executable of this platform",
    backend: async () => put("no-program/codex", GARBAGE),
  },
  "a codex that is not executable": {
    lane: "codex",
    code: "PROBE_FAILED",
    next: "Check that the file is an executable of this platform",
    backend: async () => put("not-executable/codex", prints("codex-cli 0.169.0"), 0o644),
  },
  "a folder in place of codex": {
    lane: "codex",
    code: "BACKEND_MISSING",
    next: "Correct backends.codex in harness.json",
    backend: async () => dirname(await put("a folder/file", "")),
  },
};

/** A fresh harness root whose harness.json names these backends. */
async function rootWith(name: string, backends: Readonly<Record<string, string | null>>): Promise<string[]> {
  const root = ["--harness-root", name];
  expect(await sandbox.call(["init", ...root])).toMatchObject({ code: 0 });
  const file = join(sandbox.path, name, "harness.json");
  const config: { backends: object } = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, writeStrictBytes({ ...config, backends: { ...config.backends, ...backends } }));
  return root;
}

test.each(Object.entries(REFUSALS))("%s: probe and plan say why and what to do", async (name, refusal) => {
  const { lane, code, next, backend } = refusal;
  const root = await rootWith(`root of ${name}`, { [lane]: await backend() });
  const probe = await sandbox.call(["probe", ...root, "--json"]);
  expect(probe.code).toBe(0);
  const { lanes }: { lanes: { lane: string }[] } = JSON.parse(probe.out);
  const probed = lanes.find((one) => one.lane === lane);
  expect(probed).toMatchObject({ state: "blocked", code, remedy: expect.stringContaining(next) });
  const plan = await sandbox.call(["plan", ...root, "--candidate", "fake", "--dry-run", "--json"]);
  expect(plan.code).toBe(0);
  const document: { plan: { document: { lanes: { lane: string }[] } } } = JSON.parse(plan.out);
  // Blocked, with its reason; never left out.
  expect(document.plan.document.lanes.map((one) => one.lane)).toEqual(["case", "codex", "fake", "pi"]);
  expect(document.plan.document.lanes.find((one) => one.lane === lane)).toMatchObject({
    state: "blocked",
    reason: { code, remedy: expect.stringContaining(next) },
  });
  expect((await sandbox.call(["probe", ...root])).out).toContain(code);
});

test("a rehearsal names both refused lanes with the next step, and exits 0 since it is complete", async () => {
  const root = await rootWith("rehearsed", {
    codex: await put("rehearsed-old/codex", prints("codex-cli 0.58.0")),
    pi: await pi("rehearsed-pi", "0.63.2", "@mariozechner/pi-coding-agent"),
  });
  const ran = await sandbox.run(["rehearse", "--candidate", "fake", "--no-install", ...root, "--json"]);
  expect(ran.code).toBe(0);
  const { blocked }: { blocked: object[] } = JSON.parse(ran.out);
  expect(blocked).toMatchObject([
    { lane: "case", code: "SOURCE_MISSING" },
    { lane: "codex", code: "VERSION_UNSUPPORTED", remedy: expect.stringContaining("npm install") },
    { lane: "pi", code: "VERSION_UNSUPPORTED", remedy: expect.stringContaining("npm install") },
  ]);
  const shown = await sandbox.call(["compare", ...root]);
  for (const word of ["codex", "pi", "VERSION_UNSUPPORTED"]) expect(shown.out).toContain(word);
});

test("a candidate that is refused makes no trial of its own, and the rehearsal is no pass for it", async () => {
  const root = await rootWith("candidate", { codex: await put("candidate-old/codex", prints("no")) });
  const words = ["plan", "--candidate", "codex", "--lanes", "codex", ...root];
  const plan = await sandbox.call([...words, "--dry-run"]);
  expect(plan.out).toContain("PROBE_FAILED");
  expect(plan.out).toContain("will run:  fake: 9 trials each");
});

test("a path with spaces is a path like any other", async () => {
  const codex = await put("a folder with spaces/my codex", prints("codex-cli 0.169.0"));
  const root = await rootWith("spaced root", { codex });
  const { out } = await sandbox.call(["probe", ...root, "--json"]);
  const { lanes }: { lanes: { lane: string }[] } = JSON.parse(out);
  expect(lanes.find(({ lane }) => lane === "codex")).toMatchObject({
    state: "available",
    version: "0.169.0",
    lastKnownGood: "0.169.0",
    standing: "tested",
    executable: codex,
    source: "config",
  });
});

/** A Codex that says it is newer than any tested one, and prints its thread's start in a shape of its own. */
const DRIFTED = [
  "#!/bin/sh",
  'case "$1" in',
  "--version) echo 'codex-cli 0.999.0' ;;",
  "sandbox) ;;",
  `*) cat >/dev/null; echo '{"type":"thread.started","thread":{"id":"t"}}'; echo '{"type":"turn.started"}' ;;`,
  "esac",
  "",
].join("\n");

test("a stream in a shape that no known version has is drift: recorded, shown by probe as beyond, never scored", async () => {
  const root = await rootWith("drifted", { codex: await put("drifted-codex/codex", DRIFTED) });
  const probe = await sandbox.call(["probe", "--lanes", "codex", ...root]);
  expect(probe.out).toContain("0.169.0 (beyond)");
  const words = [
    "rehearse",
    "--no-install",
    "--fixtures",
    "add-feature",
    "--lanes",
    "codex",
    ...root,
    "--json",
  ];
  const { code, out } = await sandbox.run([...words, "--candidate", "fake"]);
  expect(code).toBe(0);
  const { comparison }: { comparison: { lanes: object[]; cells: { baseline: string }[] } } = JSON.parse(out);
  expect(comparison.lanes).toContainEqual(
    expect.objectContaining({
      lane: "codex",
      outcomes: expect.objectContaining({ failed: 3, completed: 0 }),
    }),
  );
  const cells = comparison.cells.filter(({ baseline }) => baseline === "codex");
  expect(cells.length).toBeGreaterThan(0);
  for (const cell of cells)
    expect(cell).toMatchObject({ verdict: "inconclusive", code: "BASELINE_NOT_SCORED" });
});

/** A host on which no process may make a user namespace, for real: inside one whose limit of further ones is 0. */
const FORBIDDEN = [
  "--user",
  "--map-root-user",
  "sh",
  "-c",
  'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"',
];
const canForbid =
  process.platform === "linux" &&
  spawnSync("unshare", [...FORBIDDEN, "sh", "grep", "-qx", "0", "/proc/sys/user/max_user_namespaces"])
    .status === 0;

test.runIf(canForbid)(
  "where user namespaces are forbidden, strict is refused and auto says what it fell back to",
  async () => {
    await sandbox.call(["init", "--harness-root", "forbidden"]);
    const words = [
      "plan",
      "--candidate",
      "fake",
      "--lanes",
      "fake",
      "--harness-root",
      "forbidden",
      "--dry-run",
      "--json",
    ];
    const inside = async (...more: string[]) =>
      finish(sandbox.start([...words, ...more], {}, sandbox.path, ["unshare", ...FORBIDDEN, "sh"]));
    const strict = await inside("--bounds", "strict");
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.out)).toMatchObject({ error: { code: "BOUNDS_UNAVAILABLE" } });
    const auto = await inside("--bounds", "auto");
    expect(auto.code).toBe(0);
    expect(JSON.parse(auto.out)).toMatchObject({
      plan: { document: { boundsTier: "default", bounds: { requested: "auto" } } },
    });
    expect(auto.out).toMatch(/NESTED_SANDBOX|USERNS/);
  },
);

test("the next step without a Case source is printed whole on one line, as probe and rehearsal show it", async () => {
  const root = await rootWith("no case", {});
  const env = { STAGE6_CASE_BINARY: "", STAGE6_CASE_CHECKOUT: "", STAGE6_BUN: "" };
  const probe = await sandbox.call(["probe", ...root], env);
  const [step = ""] = /git clone .*$/m.exec(probe.out) ?? [];
  expect(step).toMatch(
    /^git clone .* && export STAGE6_CASE_CHECKOUT=.* install --frozen-lockfile --ignore-scripts\)$/,
  );
  // A shell can read it; what it would fetch is not fetched here.
  expect(spawnSync("sh", ["-n", "-c", step], { timeout: 10_000 }).status).toBe(0);
  const words = ["rehearse", "--candidate", "fake", "--fixtures", "add-feature", "--no-install", ...root];
  const ran = await sandbox.run(words, env);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain(`  next: ${step}\n`);
});
