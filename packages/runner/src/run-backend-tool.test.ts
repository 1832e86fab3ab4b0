import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StrictDriver } from "@stage6/bounds";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runBackendTool, type BackendToolResult } from "./run-backend-tool.ts";
import { startBounds } from "./start-bounds.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";

const LIMITS = { timeoutMs: 30_000, maxBytes: 65_536 };
const SECRET = "operators-private-key";

let folder: string;
let driver: StrictDriver | null;
let program: string;
beforeAll(async () => {
  ({ driver } = await startBounds());
});
beforeEach(() => {
  folder = makeTempFolder();
  program = join(folder, "inst", "agent");
  write("home/runner.pem", `${SECRET}\n`);
  write("core/file", "v1\n");
});
afterEach(() => {
  vi.unstubAllEnvs();
  removeTempFolder(folder);
});

function write(path: string, text: string, mode = 0o644): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, mode);
  return full;
}

/** Starts the program with these lines, within strict bounds or without. */
async function start(
  within: StrictDriver | null,
  lines: string,
  limits = LIMITS,
  interpreter = "#!/bin/sh",
): Promise<BackendToolResult> {
  write("inst/agent", `${interpreter}\n${lines}\n`, 0o755);
  return runBackendTool(within, { installation: [program] }, [program, "--version"], limits);
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** Whether a process with this word on its command line is alive. */
function runs(word: string): boolean {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/u.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0").includes(word);
      } catch {
        return false;
      }
    });
}

/** A listener on the loopback of the host, which counts who connects. */
async function listen(): Promise<{ server: Server; port: number; calls: () => number }> {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0, calls: () => calls };
}

describe("backend code that is started to tell its version", () => {
  it.each<[string, () => string, (result: BackendToolResult) => boolean]>([
    [
      "reads a key of the operator",
      () => `cat '${folder}/home/runner.pem'`,
      ({ stdout }) => text(stdout).includes(SECRET),
    ],
    [
      "writes into a tree of the operator",
      () => `echo v2 > '${folder}/core/file'`,
      () => readFileSync(join(folder, "core/file"), "utf8") !== "v1\n",
    ],
    [
      "changes its own installation",
      () => `printf '# %s\\n' later >> '${program}'`,
      () => readFileSync(program, "utf8").includes("# later"),
    ],
    [
      "pushes to a remote",
      () => {
        execFileSync("git", ["init", "-q", "--bare", join(folder, "remote.git")], { timeout: 20_000 });
        const author = "-c user.name=a -c user.email=a@b";
        return `cd "$HOME" && git init -q . && git ${author} commit -q --allow-empty -m x && git push -q '${folder}/remote.git' HEAD:refs/heads/stolen`;
      },
      () => existsSync(join(folder, "remote.git/refs/heads/stolen")),
    ],
    [
      "leaves a file in the temp folder of the host",
      () => `echo x > "/tmp/$(basename '${folder}').left"`,
      () => existsSync(`${folder}.left`),
    ],
    [
      "starts a program that lies beside it",
      () => {
        write("inst/helper", "#!/bin/sh\necho helped\n", 0o755);
        return `"$(dirname "$0")/helper"`;
      },
      ({ stdout }) => text(stdout) === "helped\n",
    ],
  ])("R15, R41: %s without bounds, and not within them", async (_what, lines, happened) => {
    const code = lines();
    const bound = await start(driver, code);
    expect(bound.confined).toBe(true);
    expect(happened(bound)).toBe(false);
    const free = await start(null, code);
    expect(free.confined).toBe(false);
    expect(happened(free)).toBe(true);
  });

  it("reaches a port of the host without bounds, and not within them", async () => {
    const { server, port, calls } = await listen();
    try {
      const code = `require("net").connect(${port}, "127.0.0.1").on("error", () => {}).on("connect", () => {});`;
      const node = `#!${process.execPath}`;
      await start(driver, code, LIMITS, node);
      expect(calls()).toBe(0);
      await start(null, code, LIMITS, node);
      expect(calls()).toBe(1);
    } finally {
      server.close();
    }
  });

  it("is run by an interpreter in the operator's home without bounds, and not within them", async () => {
    const interpreter = write("home/interpreter", "#!/bin/sh\necho interpreted\n", 0o755);
    const bound = await start(driver, "", LIMITS, `#!${interpreter}`);
    expect([bound.exitCode, text(bound.stdout)]).toEqual([expect.not.stringMatching(/^0$/u), ""]);
    expect(text((await start(null, "", LIMITS, `#!${interpreter}`)).stdout)).toBe("interpreted\n");
  });

  it("is given nothing of the operator's environment, and an empty home", async () => {
    for (const name of ["NODE_OPTIONS", "LD_PRELOAD", "BASH_ENV", "ENV", "STAGE6_KEYS_DIR"])
      vi.stubEnv(name, join(folder, "home/runner.pem"));
    for (const within of [driver, null]) {
      const { stdout } = await start(within, 'env; ls -A "$HOME"; [ "$PWD" = "$HOME" ] && echo at home');
      const names = text(stdout)
        .trim()
        .split("\n")
        .map((line) => line.split("=")[0]);
      const allowed = ["HOME", "LANG", "PATH", "PWD", "OLDPWD", "SHLVL", "TMPDIR", "_", "STAGE6_RUN"];
      expect(names.filter((name) => !allowed.includes(name ?? ""))).toEqual(["at home"]);
    }
  });

  it("is started through a link, and sees the program that the link names", async () => {
    write("elsewhere/real", "#!/bin/sh\necho 1.2.3\n", 0o755);
    mkdirSync(join(folder, "inst"));
    symlinkSync(join(folder, "elsewhere/real"), program);
    const result = await runBackendTool(driver, { installation: [program] }, [program], LIMITS);
    expect(result).toMatchObject({ exitCode: 0, fault: null });
    expect(text(result.stdout)).toBe("1.2.3\n");
  });

  it.each<[string, string, string]>([
    ["never ends", "exec sleep 4242", "did not end"],
    ["prints for ever", "exec yes", "printed more"],
    ["prints too much and ends well", "head -c 100000 /dev/zero; exit 0", "printed more"],
  ])("gives no answer when it %s, and is gone", async (_what, code, why) => {
    for (const within of [driver, null]) {
      const result = await start(within, code, { timeoutMs: 4000, maxBytes: 65_536 });
      expect(result.fault).toContain(why);
      expect(result.stdout.length).toBeLessThanOrEqual(65_536);
    }
    expect(runs("4242")).toBe(false);
  });

  it("leaves no process behind: within bounds it cannot, without it is ended and reported", async () => {
    const code = "setsid sleep 4343 >/dev/null 2>&1 & sleep 0.2; echo 1.2.3";
    expect(await start(driver, code)).toMatchObject({ exitCode: 0, fault: null });
    expect(runs("4343")).toBe(false);
    const free = await start(null, code);
    expect(free.fault).toMatch(/^it left [1-9][0-9]* processes running$/u);
    for (let tries = 0; runs("4343") && tries < 100; tries += 1) await sleep(20);
    expect(runs("4343")).toBe(false);
  });

  it("throws when the sandbox cannot be made, and starts nothing outside of it", async () => {
    write("inst/agent", `#!/bin/sh\necho ran > '${folder}/core/file'\n`, 0o755);
    const backend = { installation: [join(folder, "nothing")] };
    await expect(runBackendTool(driver, backend, [program], LIMITS)).rejects.toMatchObject({
      code: "STRICT_NOT_STARTED",
    });
    expect(readFileSync(join(folder, "core/file"), "utf8")).toBe("v1\n");
  });
});
