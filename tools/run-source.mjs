// Runs a TypeScript entry of this repository from source: node tools/run-source.mjs <file> [args...]
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write("usage: node tools/run-source.mjs <file> [args...]\n");
  process.exit(2);
}

const child = spawn(
  process.execPath,
  ["--conditions=@stage6/source", `--import=${import.meta.resolve("tsx")}`, resolve(root, file), ...args],
  {
    cwd: startedIn(),
    stdio: "inherit",
    // A tsconfig.json in the folder the user stands in must not change how our sources are read.
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json") },
  },
);

// On a terminal Ctrl-C and Ctrl-\ already reach the whole process group; sent twice, the second reads as "at once".
const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
for (const signal of ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR2"]) {
  const fromTerminal = onTerminal && (signal === "SIGINT" || signal === "SIGQUIT");
  process.on(signal, () => fromTerminal || child.kill(signal));
}

child.on("error", (error) => {
  process.stderr.write(`run-source: ${error.message}\n`);
  process.exit(70);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 70);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Reached only where the signal does not end this process.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 1000);
});

/** npm moves to the workspace root before a script and keeps the user's folder in INIT_CWD; elsewhere cwd is right. */
function startedIn() {
  const here = process.cwd();
  return resolve(here) === root ? (process.env.INIT_CWD ?? here) : here;
}
