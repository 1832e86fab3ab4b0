import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { ACCEPTANCE_NAMESPACE, parseAllowedSigners, POLICY_NAMESPACE } from "@stage6/eligibility";
import { errorCode } from "@stage6/evidence-interface/fs";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT } from "../exit-code.ts";
import { FINGERPRINT, pinFounder, readFounder } from "../founder-pin.ts";
import { openRoot, type OpenRoot } from "../open-root.ts";
import { parseCount, parsePath } from "../parse-options.ts";
import { signTrust } from "../sign-trust.ts";
import { readTrustFiles } from "../trust-files.ts";
import { withTrustLock } from "../trust-lock.ts";
import { keysFolder } from "../user-folders.ts";

const DAY_MS = 86_400_000;

interface AddOptions {
  readonly key: string;
  readonly founder?: string;
  readonly days: number;
}

/** Name of an operator without the word in front. */
export function parseOperator(text: string): string {
  const name = text.replace(/^operator:/, "");
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name))
    throw new InvalidArgumentError("A name of small letters, digits, dots and dashes is expected.");
  return name;
}

function parseFingerprint(text: string): string {
  if (FINGERPRINT.test(text)) return text;
  throw new InvalidArgumentError("The fingerprint of an SSH key is expected, as ssh-keygen -l prints it.");
}

/** `operator`: who may accept, and who says so. The first operator's key founds the trust root; from then on the founder signs every change of it. */
export function addOperator(program: Command, perform: Perform): void {
  const operator = program
    .command("operator")
    .description("say who may accept: an operator's own SSH key, never one that this tool made")
    .helpCommand(false);
  addAdd(operator, perform);
  addConfirm(operator, perform);
  addTrust(operator, perform);
}

function addAdd(operator: Command, perform: Perform): void {
  const add = operator
    .command("add")
    .description(
      "add an operator's public SSH key to trust/allowed_signers, for policies and acceptances alone; the founder signs it",
    )
    .argument("<name>", "name of the operator", parseOperator)
    .requiredOption(
      "--key <file>",
      "public key (ssh-ed25519, or sk-ssh-ed25519 for a hardware key)",
      parsePath,
    )
    .option(
      "--founder <file>",
      "SSH key of the founder, who signs the change (default: the first operator's key, which founds the root)",
      parsePath,
    )
    .option("--days <n>", "days that the key is valid", parseCount(3650), 365);
  perform<AddOptions>(add, async (context, options, [name = ""]) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    return withTrustLock(context, root, () => addOne(context, root, name, options));
  });
}

async function addOne(
  context: CommandContext,
  root: OpenRoot,
  name: string,
  { key, founder, days }: AddOptions,
): Promise<CommandResult> {
  const line = (await readKey(resolve(context.io.cwd, key), key)).trim();
  const [type = "", blob = ""] = line.split(/\s+/);
  const until = new Date(Date.parse(context.now) + days * DAY_MS);
  const window = `valid-after="${compact(new Date(context.now))}",valid-before="${compact(until)}"`;
  const lines = [ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE].map(
    (namespace) => `operator:${name} namespaces="${namespace}",${window} ${type} ${blob}\n`,
  );
  const files = await readTrustFiles(root.path);
  const text = Buffer.from(files.allowedSigners?.bytes ?? []).toString("utf8") + lines.join("");
  const [trap] = parseAllowedSigners(text).traps;
  if (trap !== undefined)
    throw new CliError("USAGE", EXIT.usage, `this key cannot be added (${trap.rule}); nothing was written`, {
      remedy:
        "Give an Ed25519 public key that no other operator has, made with ssh-keygen -t ed25519 or ed25519-sk.",
    });
  const allowedSigners = { path: "trust/allowed_signers", bytes: Buffer.from(text) };
  const signed = await signTrust(context, root, {
    before: files,
    after: { ...files, allowedSigners },
    key: founder ?? (files.root === null ? key : null),
  });
  if (!signed.ok) return signed.refusal;
  return {
    exitCode: EXIT.holds,
    text: `operator:${name} may sign policies and acceptances until ${until.toISOString()}.\nThe founder of this root is ${signed.founder}.\nNext: ${commandLine(context, ["sign-policy", "--operator", name])}\n`,
    data: {
      operator: `operator:${name}`,
      validUntil: until.toISOString(),
      added: lines.length,
      founder: signed.founder,
    },
  };
}

function addConfirm(operator: Command, perform: Perform): void {
  const confirm = operator
    .command("confirm")
    .description("sign trust/keys.json and trust/allowed_signers as they lie there, as the founder")
    .requiredOption("--founder <file>", "SSH key of the founder", parsePath);
  perform<{ founder: string }>(confirm, async (context, { founder }) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    return withTrustLock(context, root, () => confirmAll(context, root, founder));
  });
}

async function confirmAll(context: CommandContext, root: OpenRoot, founder: string): Promise<CommandResult> {
  const files = await readTrustFiles(root.path);
  const { signers } = parseAllowedSigners(Buffer.from(files.allowedSigners?.bytes ?? []).toString("latin1"));
  const who = [
    ...root.keys.keys.map(({ role, keyId }) => `  ${role} ${keyId}`),
    ...signers.map(({ principal, namespace, key }) => `  ${principal} ${namespace} ${key.fingerprint}`),
  ];
  context.log(`What is vouched for:\n${who.join("\n")}`);
  const signed = await signTrust(context, root, { before: null, after: files, key: founder });
  if (!signed.ok) return signed.refusal;
  return {
    exitCode: EXIT.holds,
    text: `The founder ${signed.founder} vouches for ${root.keys.keys.length} keys and ${signers.length} lines of operators:\n${who.join("\n")}\nNext: ${commandLine(context, ["status"])}\n`,
    data: { founder: signed.founder, keys: root.keys.keys.length, signers: signers.length },
  };
}

function addTrust(operator: Command, perform: Perform): void {
  const trust = operator
    .command("trust")
    .description("remember on this machine whose trust root this is; another one is refused from then on")
    .argument("<fingerprint>", "the founder's key, as ssh-keygen -l prints it", parseFingerprint);
  perform(trust, async (context, _options: object, [fingerprint = ""]) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const keys = keysFolder(context.io.env);
    const before = await readFounder(keys, root.config.id);
    await pinFounder(keys, root.config.id, fingerprint);
    return {
      exitCode: EXIT.holds,
      text: `${before === null ? "Remembered" : "Known already"}: the founder of ${root.config.id} is ${fingerprint}.\nNext: ${commandLine(context, ["status"])}\n`,
      data: { harness: root.config.id, founder: fingerprint },
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
