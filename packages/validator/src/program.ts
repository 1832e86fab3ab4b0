import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { validateDocument, Timestamp } from "@stage6/evidence-interface";
import { CASE_ADAPTER } from "./gate/case-adapter.ts";
import { renderGateResult } from "./render-gate-result.ts";
import { escapeLong } from "./text.ts";
import { validateRoot } from "./validate-root.ts";

/** What the program is called with, and where it speaks. */
export interface ProgramIo {
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const HELP = `Usage: validate-case-stage6 [options]

Judges a whole harness root, read-only, as stage6 validate does. Needs neither lanes nor their backends.

Options:
  --harness-root <dir>  harness root (default: harness)
  --plan <id>           plan to judge (default: the newest)
  --founder <print>     fingerprint (SHA256:...) of the founder's SSH key, known from elsewhere; without it no operator is trusted
  --without-source      judge all but whether the candidate's source is still so; then nothing passes (exit 5)
  --now <time>          time to judge at, ISO 8601 (default: the clock)
  --json                print one JSON document on stdout
  --version             print the version
  --help                print this

Exit codes: 0 pass, 1 refused, 2 wrong usage, 3 invalid, 4 not comparable, 5 inconclusive, 70 internal error.
`;

const OPTIONS = {
  "harness-root": { type: "string", default: "harness" },
  plan: { type: "string" },
  founder: { type: "string" },
  "without-source": { type: "boolean", default: false },
  now: { type: "string" },
  json: { type: "boolean", default: false },
  version: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** Runs the validator of its own; gives the exit code. */
export async function runProgram(argv: readonly string[], io: ProgramIo): Promise<number> {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (error) {
    const message = escapeLong(error instanceof Error ? error.message : "wrong usage", 500);
    const document = { code: "USAGE", message };
    const head = { schemaVersion: "1.0", command: "validate", verdict: "error", exitCode: 2 };
    if (argv.includes("--json"))
      io.out(`${JSON.stringify({ ...head, error: document, activation: "none" })}\n`);
    else io.err(`validate-case-stage6: ${message} (USAGE)\nNext: validate-case-stage6 --help\n`);
    return 2;
  }
  if (values.help || values.version) {
    io.out(values.help ? HELP : `${readVersion()}\n`);
    return 0;
  }
  const { plan, founder } = values;
  const result = await validateRoot({
    root: resolve(io.cwd, values["harness-root"]),
    now: values.now ?? new Date(io.now()).toISOString(),
    caseAdapter: CASE_ADAPTER,
    withoutSource: values["without-source"],
    tool: { name: "stage6", version: readVersion(), sourceDigest: null },
    ...(plan === undefined ? {} : { planId: plan }),
    ...(founder === undefined ? {} : { founder }),
  });
  io.out(values.json ? `${JSON.stringify(result)}\n` : renderGateResult(result));
  return result.exitCode;
}

function parse(argv: readonly string[]) {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false });
  if (values.now !== undefined && !validateDocument(Timestamp, values.now).ok)
    throw new TypeError(`--now ${values.now} is no time such as 2026-01-31T12:00:00.000Z`);
  if (values.founder !== undefined && !/^SHA256:[A-Za-z0-9+/]{43}$/.test(values.founder))
    throw new TypeError(`--founder ${values.founder} is no fingerprint such as ssh-keygen -lf prints`);
  return values;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "";
  return String(version);
}
