import { execFile } from "node:child_process";
import { chmod, cp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox, type Ran } from "../testing/run-stage6.ts";

const NOW = "2026-06-02T00:00:00.000Z";
const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));
const RUN_SOURCE = join(REPOSITORY, "tools/run-source.mjs");
const MAIN = join(REPOSITORY, "packages/cli/src/main.ts");

let sandbox: Sandbox;
let program: string;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  program = join(sandbox.path, "stage6-program");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${RUN_SOURCE}" "${MAIN}" "$@"\n`);
  await chmod(program, 0o755);
  const made = await sandbox.call(["init", "--now", NOW]);
  if (made.code !== 0) throw new Error(made.err);
}, 120_000);
afterAll(async () => sandbox.remove());

/** Runs a command as a user types it, in the folder above the harness root. */
async function shell(argv: readonly string[]): Promise<Ran> {
  const [file = "", ...args] = argv;
  const env = { ...sandbox.env, STAGE6_COMMAND: program };
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, {
      cwd: sandbox.path,
      env,
      timeout: 90_000,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

describe("the commands inside a harness root", () => {
  it("R44: the validator as written agrees with stage6 validate, and refuses a new root (EVIDENCE_MISSING)", async () => {
    const words = ["--harness-root", "harness", "--json", "--now", NOW];
    const python = await shell(["python3", "harness/runner/validate-case-stage6.py", ...words]);
    const ours = await sandbox.call(["validate", ...words]);
    expect(python).toMatchObject({ code: 1 });
    expect(JSON.parse(python.out)).toEqual(JSON.parse(ours.out));
    expect(python.out).toContain("EVIDENCE_MISSING");
    const plain = await shell(["harness/runner/validate-case-stage6", ...words]);
    expect(plain.out).toBe(python.out);
  }, 120_000);

  it("R45: health as written agrees with stage6 health, and looks at nothing before the gate holds (STAGE6_NOT_VALIDATED)", async () => {
    const script = await shell(["harness/evals/health.sh", "--json", "--now", NOW]);
    const ours = await sandbox.call(["health", "--json", "--now", NOW]);
    expect(script.code).toBe(1);
    expect(JSON.parse(script.out)).toEqual(JSON.parse(ours.out));
    const { checks }: { checks: { id: string; code: string }[] } = JSON.parse(script.out);
    expect(Object.fromEntries(checks.map(({ id, code }) => [id, code]))).toEqual({
      "disk-space": "NOT_RUN",
      "expiry-horizon": "NOT_RUN",
      "fake-smoke": "NOT_RUN",
      probes: "NOT_RUN",
      replay: "NOT_RUN",
      "stage6-validated": "STAGE6_NOT_VALIDATED",
    });
  }, 120_000);

  it("R44, R45: say the same from another folder, through a link to the root", async () => {
    const link = join(sandbox.path, "a link");
    await symlink(join(sandbox.path, "harness"), link);
    const env = { ...sandbox.env, STAGE6_COMMAND: program };
    const elsewhere = async (file: string, ...words: readonly string[]): Promise<unknown> => {
      const args = [...words, "--json", "--now", NOW];
      const ran = await promisify(execFile)(join(link, file), args, { cwd: "/", env, timeout: 90_000 }).then(
        () => ({ code: 0, stdout: "{}" }),
        (error: unknown) => error as { code: number; stdout: string },
      );
      expect(ran.code).toBe(1);
      const { checks }: { checks: unknown } = JSON.parse(ran.stdout);
      return checks;
    };
    for (const [file, verb, ...words] of [
      ["runner/validate-case-stage6", "validate", "--harness-root", link],
      ["evals/health.sh", "health"],
    ] as const) {
      const ours = await sandbox.call([verb, "--json", "--now", NOW]);
      const { checks }: { checks: unknown } = JSON.parse(ours.out);
      expect(await elsewhere(file, ...words)).toEqual(checks);
    }
    await rm(link);
  }, 120_000);

  it("say what to set when they find no program", async () => {
    const moved = join(sandbox.path, "moved");
    await cp(join(sandbox.path, "harness"), moved, { recursive: true });
    const env = { PATH: "/usr/bin:/bin", STAGE6_COMMAND: "" };
    const words = [join(moved, "runner/validate-case-stage6"), "--json"];
    const ran = await promisify(execFile)("/bin/sh", words, { cwd: "/", env }).then(
      () => ({ code: 0, stderr: "", stdout: "" }),
      (error: unknown) => error as { code: number; stderr: string; stdout: string },
    );
    expect(ran.code).toBe(70);
    expect(ran.stderr).toContain("STAGE6_COMMAND");
    expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 70, error: { code: "STAGE6_NOT_FOUND" } });
    await rm(moved, { recursive: true });
  });
});

describe("validate-planning", () => {
  const run = (...words: string[]) => sandbox.call(["validate-planning", ...words]);

  it("R42, R43: the artifacts of this repository hold, exit 0", async () => {
    const ran = await run("--root", REPOSITORY, "--json");
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({
      verdict: "pass",
      activation: "none",
      counts: { criteria: 15, issues: 9 },
    });
  });

  it("R43: the planning validator as the PRD writes it says the same, in this repository and in a harness root", async () => {
    const now = ["--now", NOW];
    const python = async (cwd: string, ...words: readonly string[]): Promise<unknown> => {
      const env = { ...sandbox.env, STAGE6_COMMAND: program };
      const ran = promisify(execFile)("python3", words, { cwd, env, timeout: 240_000 });
      return JSON.parse((await ran).stdout);
    };
    const ours: unknown = JSON.parse((await run("--root", REPOSITORY, "--json", ...now)).out);
    const written = ["tools/validate_cto_child.py", "--json", ...now];
    expect(await python(REPOSITORY, ...written)).toEqual(ours);
    const harness = join(sandbox.path, "harness");
    await cp(join(REPOSITORY, "docs/planning"), join(sandbox.path, "docs/planning"), { recursive: true });
    expect(await python(harness, ...written)).toEqual(ours);
    await cp(join(REPOSITORY, "docs/planning"), join(harness, "docs/planning"), { recursive: true });
    expect(await python("/", join(harness, written[0] ?? ""), "--json", ...now)).toEqual(ours);
    await writeFile(join(harness, "docs/planning/prd.md"), "# another\n");
    await expect(python(harness, ...written)).rejects.toMatchObject({ code: 1 });
    await rm(join(harness, "docs"), { recursive: true });
    await rm(join(sandbox.path, "docs"), { recursive: true });
  }, 600_000);

  it("R43: what drifts gives exit 1 (PLANNING_AUTHORITY_DRIFT), what cannot be read exit 3 (PLANNING_UNREADABLE), a wrong flag exit 2", async () => {
    const folder = join(sandbox.path, "planning");
    await cp(join(REPOSITORY, "docs/planning"), join(folder, "docs/planning"), { recursive: true });
    const prd = join(folder, "docs/planning/prd.md");
    await writeFile(prd, (await readFile(prd, "utf8")).replace("not-promoted", "promoted"));
    const drifted = await run("--root", folder);
    expect(drifted.code).toBe(1);
    expect(drifted.out).toContain("PLANNING_AUTHORITY_DRIFT docs/planning/prd.md");
    await writeFile(prd, Buffer.from([0xff, 0xfe]));
    const unread = await run("--root", folder);
    expect(unread.code).toBe(3);
    expect(unread.out).toContain("PLANNING_UNREADABLE");
    expect((await run("--rooot", folder)).code).toBe(2);
  });
});

describe("status", () => {
  it("says what is missing and the next command, on one screen", async () => {
    const { code, out } = await sandbox.call(["status", "--now", NOW]);
    expect(code).toBe(0);
    expect(out).toContain("missing  operator (OPERATOR_UNKNOWN)");
    expect(out).toContain("Next: stage6 operator add");
    expect(out.split("\n").length).toBeLessThan(40);
    const none = await sandbox.call(["status", "--harness-root", "nowhere"]);
    expect(none.out).toContain("Next: stage6 rehearse");
  });

  it("R40: says what record says: without an operator nothing is unsafe, and nothing to be recorded (OPERATOR_UNKNOWN)", async () => {
    const root = ["--harness-root", "no-operator"];
    for (const words of [["init"], ["plan", "--candidate", "fake", "--lanes", "fake"]])
      expect(await sandbox.call([...root, ...words])).toMatchObject({ code: 0 });
    const recorded = await sandbox.call([...root, "record"]);
    expect(recorded.out).toContain("trust-root OPERATOR_UNKNOWN");
    expect(recorded.out).not.toContain("TRUST_ROOT_UNSAFE");
    const status = await sandbox.call([...root, "status"]);
    expect(status.out).toContain("missing  operator (OPERATOR_UNKNOWN)");
    const { code } = await sandbox.call([...root, "validate"]);
    expect(recorded.code).toBe(code);
  });
});

describe("operators", () => {
  it("are added with a public key alone, and with one key each", async () => {
    const key = join(sandbox.path, "someone");
    await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", key]);
    const root = ["--harness-root", "operators", "--now", NOW];
    await sandbox.call([...root, "init"]);
    const add = (name: string, file: string) =>
      sandbox.call([...root, "operator", "add", name, "--key", file]);
    expect((await add("jp", key)).err).toContain("private key");
    expect(await add("jp", `${key}.pub`)).toMatchObject({ code: 0 });
    expect((await add("other", `${key}.pub`)).code).toBe(2);
    expect((await add("JP", `${key}.pub`)).code).toBe(2);
    await writeFile(join(sandbox.path, "rsa.pub"), "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ== x\n");
    expect((await add("rsa", "rsa.pub")).code).toBe(2);
  });
});
