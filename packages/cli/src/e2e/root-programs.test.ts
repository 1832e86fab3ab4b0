import { execFile } from "node:child_process";
import { appendFile, chmod, cp, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ROOT_PROGRAMS } from "@stage6/validator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Sandbox } from "../testing/run-stage6.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  const made = await sandbox.call(["init"]);
  if (made.code !== 0) throw new Error(made.err);
  await cp(at("harness"), at("whole"), { recursive: true });
  await plant(at("good", "stage6"), "good");
}, 120_000);
afterAll(async () => sandbox.remove());
beforeEach(async () => {
  await rm(at("harness"), { recursive: true, force: true });
  await cp(at("whole"), at("harness"), { recursive: true });
  await rm(at("ran"), { force: true });
});

const at = (...parts: string[]): string => join(sandbox.path, ...parts);
const PATHS = Object.keys(ROOT_PROGRAMS);

/** A program that says which one it is. */
async function plant(file: string, name: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho ${name} >> '${at("ran")}'\nexit 0\n`);
  await chmod(file, 0o755);
}

/** Runs a program of the root, and gives its exit code and which programs ran. */
async function run(file: string, env: NodeJS.ProcessEnv, cwd = sandbox.path) {
  const argv = file.endsWith(".py") ? ["python3", file] : ["/bin/sh", file];
  const [program = "", ...args] = argv;
  const own = { PATH: "/usr/bin:/bin", HOME: "/nonexistent", ...env };
  const code = await promisify(execFile)(program, args, { cwd, env: own, timeout: 60_000 }).then(
    () => 0,
    (error: unknown) => (error as { code: number }).code,
  );
  return { code, ran: (await readFile(at("ran"), "utf8").catch(() => "")).trim() };
}

/** What validate and health say of the root. */
async function findings(verb: string): Promise<string> {
  const { out, code } = await sandbox.call([verb, "--json"]);
  expect(code).toBe(verb === "health" ? 1 : 3);
  return out;
}

describe("programs of a harness root", () => {
  it.each(PATHS)(
    "R44, R45: %s with other bytes, or as a link, is a finding of every verb (DIGEST_MISMATCH, NOT_A_FILE)",
    async (path) => {
      await appendFile(at("harness", path), "# more\n");
      for (const verb of ["validate", "status"]) {
        const said = await findings(verb);
        expect(said).toContain("DIGEST_MISMATCH");
        expect(said).toContain(path);
      }
      const { code, err } = await sandbox.call(["plan", "--candidate", "fake"]);
      expect({ code, named: err.includes("DIGEST_MISMATCH") && err.includes(path) }).toEqual({
        code: 3,
        named: true,
      });
      await rename(at("whole", path), at("elsewhere"));
      await rm(at("harness", path));
      await symlink(at("elsewhere"), at("harness", path));
      expect(await findings("validate")).toContain("NOT_A_FILE");
      await rename(at("elsewhere"), at("whole", path));
    },
  );

  it("R45: health looks at nothing when a program was changed (STAGE6_NOT_VALIDATED)", async () => {
    await writeFile(at("harness/evals/health.sh"), "#!/bin/sh\nexit 0\n");
    expect(await findings("health")).toContain("STAGE6_NOT_VALIDATED");
  });

  it("R44: init puts a changed program back and changes nothing else", async () => {
    const before = await sandbox.hashes("harness");
    await writeFile(at("harness/runner/stage6"), "#!/bin/sh\nexit 0\n");
    await rm(at("harness/evals/health.sh"));
    const ran = await sandbox.call(["init"]);
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("put back as they were made") });
    expect(await sandbox.hashes("harness")).toEqual(before);
  });

  it("R44: start the stage6 that the caller names or has on PATH, by its absolute path", async () => {
    for (const env of [{ STAGE6_COMMAND: at("good/stage6") }, { PATH: `${at("good")}:/usr/bin:/bin` }])
      for (const path of PATHS) {
        await rm(at("ran"), { force: true });
        expect(await run(at("harness", path), env)).toEqual({ code: 0, ran: "good" });
      }
  });

  it.each(PATHS)("R44: %s starts no other program of the root, whatever those have become", async (path) => {
    const others = PATHS.filter((one) => one !== path);
    const whole = await Promise.all(others.map((one) => readFile(at("harness", one))));
    for (const one of others) await plant(at("harness", one), "planted");
    await rm(at("ran"), { force: true });
    const ran = await run(at("harness", path), { STAGE6_COMMAND: at("good/stage6") });
    for (const [index, one] of others.entries()) await writeFile(at("harness", one), whole[index] ?? "");
    expect(ran).toEqual({ code: 0, ran: "good" });
  });

  it("R44: start nothing that lies in the root, beside it, above the folder that they are called in, or on a relative PATH", async () => {
    const planted = [
      "harness/node_modules/.bin/stage6",
      "node_modules/.bin/stage6",
      "harness/runner/node_modules/.bin/stage6",
      "harness/stage6",
      "stage6",
      "harness/bin/stage6",
    ];
    for (const path of planted) await plant(at(path), "planted");
    await mkdir(at("tools"));
    await mkdir(at("packages/cli/src"), { recursive: true });
    await writeFile(
      at("tools/run-source.mjs"),
      `import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(at("ran"))}, "planted");`,
    );
    await writeFile(at("packages/cli/src/main.ts"), "");
    for (const env of [
      {},
      { PATH: ".:/usr/bin:/bin" },
      { PATH: ":/usr/bin:/bin" },
      { PATH: `${at("harness/bin")}:/usr/bin:/bin` },
      { STAGE6_COMMAND: "./stage6" },
      { STAGE6_COMMAND: at("harness/bin/stage6") },
      { STAGE6_COMMAND: `${at("harness")}/runner/../bin/stage6` },
    ])
      for (const path of PATHS)
        for (const cwd of [sandbox.path, at("harness")])
          expect({ env, path, ...(await run(at("harness", path), env, cwd)) }).toEqual({
            env,
            path,
            code: 70,
            ran: "",
          });
    for (const path of [...planted, "tools", "packages", "node_modules"])
      await rm(at(path), { recursive: true, force: true });
  }, 120_000);
});
