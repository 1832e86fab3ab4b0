import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { judgeDocuments, POLICY_NAMESPACE, type EligibilityDocuments } from "@stage6/eligibility";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { readGate } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { commandLine, shellQuote, type CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT } from "../exit-code.ts";
import { knownOutside } from "../open-gate.ts";
import { openRoot, type OpenRoot } from "../open-root.ts";
import { parsePath } from "../parse-options.ts";
import { refusal } from "../refusal.ts";
import { replaceFile } from "../replace-file.ts";
import { signCommand, sshSign } from "../ssh-sign.ts";
import { withTrustLock } from "../trust-lock.ts";
import { parseOperator } from "./operator.ts";

interface SignOptions {
  readonly operator: string;
  readonly key?: string;
  readonly signature?: string;
}

/** `sign-policy`: an operator signs the policy of this root. */
export function addSignPolicy(program: Command, perform: Perform): void {
  const command = program
    .command("sign-policy")
    .description("sign policy/stage6.policy.json as an operator; without --key or --signature it says how")
    .requiredOption("--operator <name>", "name of the operator", parseOperator)
    .option("--key <file>", "operator's SSH key; ssh-keygen signs with it", parsePath)
    .option("--signature <file>", "a signature that was made elsewhere", parsePath);
  perform<SignOptions>(command, async (context, options) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    return withTrustLock(context, root, () => signPolicy(context, root, options));
  });
}

async function signPolicy(
  context: CommandContext,
  root: OpenRoot,
  { operator, key, signature }: SignOptions,
): Promise<CommandResult> {
  const { policy, policySignature } = rootLayout(root.path);
  const bytes = await readFile(policy);
  const shown = `${context.shownRoot}/policy/stage6.policy.json`;
  const by = signCommand("YOUR_KEY", POLICY_NAMESPACE, shown).map(shellQuote).join(" ");
  const next = commandLine(context, ["sign-policy", "--operator", operator, "--signature", `${shown}.sig`]);
  const what = `operator:${operator} signs ${shown}\n  digest    ${root.policyDigest}\n  namespace ${POLICY_NAMESPACE}\n`;
  if (key === undefined && signature === undefined)
    return {
      exitCode: EXIT.inconclusive,
      verdict: "not-signed",
      text: `${what}Not signed yet. Sign with: ${by}\nNext: ${next}\n`,
      data: { policy: { digest: root.policyDigest }, namespace: POLICY_NAMESPACE, sign: by },
    };
  context.log(what.trimEnd());
  const made =
    signature === undefined
      ? await sshSign(bytes, resolve(context.io.cwd, key ?? ""), POLICY_NAMESPACE, context.io.env)
      : await readFile(resolve(context.io.cwd, signature));
  const { documents } = await readGate({
    root: root.path,
    now: context.now,
    ...(await knownOutside(context, root.config.id)),
  });
  const checks = documents === null ? [] : policyChecks(documents, made, context.now);
  if (documents === null || checks.some(({ verdict }) => verdict !== "pass"))
    return refusal("the signature does not hold", checks, by);
  await replaceFile(root.path, policySignature, made);
  return {
    exitCode: EXIT.holds,
    text: `operator:${operator} signed the policy ${root.policyDigest}.\nNext: ${commandLine(context, ["status"])}\n`,
    data: { policy: { digest: root.policyDigest }, operator: `operator:${operator}` },
  };
}

function policyChecks(documents: EligibilityDocuments, signature: Uint8Array, now: string) {
  const policySignature = { path: "policy/stage6.policy.json.sig", bytes: signature };
  const { checks } = judgeDocuments({ ...documents, policySignature }, { now });
  return checks.filter(({ id }) => id === "policy" || id === "trust");
}
