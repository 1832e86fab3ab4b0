import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CliIo } from "./cli-io.ts";

/** How `npm ci` ended. */
export interface NpmEnd {
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Last output, at most 64 KiB. */
  readonly output: string;
}

/** npm would wait more than a minute for a network that is not there. */
const RETRIES = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
const ARGS = [
  "ci",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--include=optional",
  ...RETRIES,
];
const MAX_OUTPUT = 65_536;
const KILL_AFTER_MS = 5000;

/** Settings of an npm that started us belong to its own project, not to the folder we install into. */
const FOREIGN =
  /^(npm_package_|npm_lifecycle_|npm_config_(local_prefix|prefix|omit|include|workspaces?|dry_run|global)$|INIT_CWD$)/i;

function cleanEnv(env: CliIo["env"]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.test(name)));
}

/** Runs `npm ci` without install scripts in a folder that holds a manifest and a lock; ends it at the deadline or when the signal aborts. */
export async function npmCi(
  npm: readonly string[],
  folder: string,
  options: { env: CliIo["env"]; deadlineMs: number; signal: AbortSignal },
): Promise<NpmEnd> {
  const [file = "npm", ...before] = npm;
  const child = spawn(file, [...before, ...ARGS, "--prefix", folder], {
    cwd: folder,
    env: cleanEnv(options.env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream
      .setEncoding("utf8")
      .on("data", (text: string) => void (output = (output + text).slice(-MAX_OUTPUT)));
  let timedOut = false;
  let last: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill("SIGTERM");
    last = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  };
  const deadline = setTimeout(() => {
    timedOut = true;
    stop();
  }, options.deadlineMs);
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) stop();
  try {
    const ended: unknown[] = await once(child, "exit");
    const code = ended[0];
    return { exitCode: typeof code === "number" ? code : null, timedOut, output };
  } catch (error) {
    return {
      exitCode: null,
      timedOut,
      output: error instanceof Error ? error.message : "npm could not be started",
    };
  } finally {
    clearTimeout(deadline);
    clearTimeout(last);
    options.signal.removeEventListener("abort", stop);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}
