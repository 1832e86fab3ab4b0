import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import Type from "typebox";
import Value from "typebox/value";

const PROGRAM = fileURLToPath(new URL("verify.py", import.meta.url));

const Verdict = Type.Object({
  bundle: Type.String(),
  ok: Type.Boolean(),
  state: Type.Union([Type.Literal("complete"), Type.Literal("withheld"), Type.Literal("invalid")]),
  outcome: Type.Union([Type.String(), Type.Null()]),
  closure: Type.Union([Type.String(), Type.Null()]),
  codes: Type.Array(Type.String()),
});

/** What the second verifier says of one bundle. */
export interface SecondVerdict {
  readonly ok: boolean;
  readonly state: "complete" | "withheld" | "invalid";
  readonly outcome: string | null;
  readonly closure: string | null;
  readonly codes: readonly string[];
}

/** Runs the second verifier once over many bundles (a folder, or a folder, a tab and the trial it stands for); verdicts in their order, and its exit code. */
export function runVerifier(
  publicKeyFile: string,
  folders: readonly string[],
): { readonly exitCode: number | null; readonly verdicts: readonly SecondVerdict[] } {
  const { status, stdout, stderr } = spawnSync("python3", [PROGRAM, "--key", publicKeyFile, "--batch"], {
    input: folders.join("\n"),
    encoding: "utf8",
    maxBuffer: 1024 * 1024 * 1024,
  });
  const verdicts = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Value.Parse(Verdict, JSON.parse(line)));
  if (verdicts.length !== folders.length) throw new Error(`the second verifier stopped: ${stderr}`);
  return { exitCode: status, verdicts };
}
