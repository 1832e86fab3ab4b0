import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { ACCEPTANCE_NAMESPACE, parseAllowedSigners, POLICY_NAMESPACE } from "@stage6/eligibility";
import { errorCode, rootLayout } from "@stage6/evidence-interface/fs";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { openRoot } from "../open-root.ts";
import { parseCount, parsePath } from "../parse-options.ts";
import { replaceFile } from "../replace-file.ts";

const DAY_MS = 86_400_000;

/** Name of an operator without the word in front. */
export function parseOperator(text: string): string {
  const name = text.replace(/^operator:/, "");
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name))
    throw new InvalidArgumentError("A name of small letters, digits, dots and dashes is expected.");
  return name;
}

/** `operator add`: lets an operator's own SSH key sign the policy and acceptances. */
export function addOperator(program: Command, perform: Perform): void {
  const operator = program
    .command("operator")
    .description("say who may accept: an operator's own SSH key, never one that this tool made")
    .helpCommand(false);
  const add = operator
    .command("add")
    .description(
      "add an operator's public SSH key to trust/allowed_signers, for policies and acceptances alone",
    )
    .argument("<name>", "name of the operator", parseOperator)
    .requiredOption(
      "--key <file>",
      "public key (ssh-ed25519, or sk-ssh-ed25519 for a hardware key)",
      parsePath,
    )
    .option("--days <n>", "days that the key is valid", parseCount(3650), 365);
  perform<{ key: string; days: number }>(add, async (context, { key, days }, [name = ""]) => {
    const root = await openRoot(context.root, context.shownRoot);
    const file = rootLayout(root.path).allowedSigners;
    const [type = "", blob = ""] = (await readKey(resolve(context.io.cwd, key), key)).trim().split(/\s+/);
    const until = new Date(Date.parse(context.now) + days * DAY_MS);
    const window = `valid-after="${compact(new Date(context.now))}",valid-before="${compact(until)}"`;
    const lines = [ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE].map(
      (namespace) => `operator:${name} namespaces="${namespace}",${window} ${type} ${blob}\n`,
    );
    const before = await readFile(file, "utf8").catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return "";
      throw error;
    });
    const text = before + lines.join("");
    const [trap] = parseAllowedSigners(text).traps;
    if (trap !== undefined)
      throw new CliError(
        "USAGE",
        EXIT.usage,
        `this key cannot be added (${trap.rule}); nothing was written`,
        {
          remedy:
            "Give an Ed25519 public key that no other operator has, made with ssh-keygen -t ed25519 or ed25519-sk.",
        },
      );
    await replaceFile(file, Buffer.from(text));
    return {
      exitCode: EXIT.holds,
      text: `operator:${name} may sign policies and acceptances until ${until.toISOString()}.\nNext: ${commandLine(context, ["sign-policy", "--operator", name])}\n`,
      data: { operator: `operator:${name}`, validUntil: until.toISOString(), added: lines.length },
    };
  });
}

async function readKey(path: string, shown: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new CliError("USAGE", EXIT.usage, `the key ${shown} cannot be read (${errorCode(error)})`, {
      cause: error,
    });
  });
  if (!text.includes("PRIVATE KEY")) return text;
  throw new CliError("USAGE", EXIT.usage, `${shown} is a private key; only the public half belongs here`, {
    remedy: `Name the public half: --key ${shown}.pub`,
  });
}

/** A moment as allowed_signers writes it, in UTC. */
const compact = (time: Date): string => `${time.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
