import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../cli.ts";

/** The built command line: what a user starts, and in a third of the time that the sources take. Vitest builds it first. */
export const STAGE6_MAIN: string = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const DEADLINE_MS = 120_000;

/** What one call of the real command line left. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A temporary folder, with a space in its path, in which the real command line runs as a child process. */
export class Sandbox {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;

  private constructor(path: string) {
    this.path = path;
    this.env = {
      ...process.env,
      STAGE6_KEYS_DIR: join(path, "keys"),
      STAGE6_BACKENDS_DIR: join(path, "backends"),
    };
    delete this.env["npm_lifecycle_event"];
    delete this.env["STAGE6_DEBUG"];
  }

  static async make(): Promise<Sandbox> {
    return new Sandbox(await mkdtemp(join(tmpdir(), "stage6 cli-")));
  }

  /** Starts `stage6` with these words, behind the words of `wrapper` if any; ended by force at the deadline. */
  start(
    words: readonly string[],
    env: NodeJS.ProcessEnv = {},
    cwd: string = this.path,
    wrapper: readonly string[] = [],
  ): ChildProcess {
    const [program = process.execPath, ...args] = [...wrapper, process.execPath, STAGE6_MAIN, ...words];
    const child = spawn(program, args, {
      cwd,
      env: { ...this.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: DEADLINE_MS,
      killSignal: "SIGKILL",
    });
    return child;
  }

  /** Runs `stage6` to its end. */
  async run(words: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Promise<Ran> {
    return finish(this.start(words, env, cwd));
  }

  /** Runs the same command line inside this process: the same code without the start of a process. */
  async call(
    words: readonly string[],
    env: NodeJS.ProcessEnv = {},
    now: () => number = () => Date.now(),
  ): Promise<Ran> {
    let out = "";
    let err = "";
    const code = await main(words, {
      cwd: this.path,
      env: { ...this.env, ...env },
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      color: false,
      now,
      interrupt: () => new AbortController().signal,
    });
    return { code, out, err };
  }

  /** SHA-256 of every file below a folder, by path; entries that are no files are named without one. */
  async hashes(folder: string): Promise<Map<string, string>> {
    const root = join(this.path, folder);
    const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch(() => []);
    const found = new Map<string, string>();
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      found.set(
        path,
        entry.isFile()
          ? createHash("sha256")
              .update(await readFile(path))
              .digest("hex")
          : "folder",
      );
    }
    return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Everything that a started call prints, and its exit code. */
export async function finish(child: ChildProcess): Promise<Ran> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  return { code, out, err };
}
