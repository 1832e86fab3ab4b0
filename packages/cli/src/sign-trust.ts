import { resolve } from "node:path";
import { checkTrustRoot, TRUST_NAMESPACE, type Problem, type TrustFiles } from "@stage6/eligibility";
import { commandLine, type CommandContext } from "./command-context.ts";
import type { CommandResult } from "./command-result.ts";
import { EXIT } from "./exit-code.ts";
import { pinFounder, readFounder } from "./founder-pin.ts";
import type { OpenRoot } from "./open-root.ts";
import { sshSign } from "./ssh-sign.ts";
import { takeSignature, trustStatementOf } from "./trust-files.ts";
import { writeTrust } from "./trust-lock.ts";
import { keysFolder } from "./user-folders.ts";

/** A change of the trust root that its founder is asked to sign. */
export interface TrustChange {
  /** What has to hold before it; null for a founder who looks at the files himself. */
  readonly before: TrustFiles | null;
  readonly after: TrustFiles;
  /** The founder's SSH key; null when none was named. */
  readonly key: string | null;
}

/** The founder of the signed root, or why it was not signed. */
export type TrustSigned =
  | { readonly ok: true; readonly founder: string }
  | { readonly ok: false; readonly refusal: CommandResult };

/**
 * Has the founder sign a trust root and writes it. A root that nobody founded is founded by whoever signs first, and this
 * user remembers who that was; afterwards nobody else's signature is taken, and nothing is added to files that the founder did not sign.
 * The caller holds the trust root's lock.
 */
export async function signTrust(
  context: CommandContext,
  root: OpenRoot,
  { before, after, key }: TrustChange,
): Promise<TrustSigned> {
  const keys = keysFolder(context.io.env);
  const harness = root.config.id;
  const founder = await readFounder(keys, harness);
  if (founder === null && after.root !== null)
    return refused(
      context,
      "the root has a founder whom nobody named here",
      [],
      ["operator", "trust", "FINGERPRINT"],
    );
  if (before !== null && (before.root !== null || before.allowedSigners !== null)) {
    const { problems } = checkTrustRoot(before, { founder, harness });
    if (problems.length > 0)
      return refused(context, "the trust root is not what its founder signed", problems, [
        "operator",
        "confirm",
        "--founder",
        "FILE",
      ]);
  }
  if (key === null)
    return refused(
      context,
      "the founder has to sign: name the founder's key with --founder",
      [],
      ["operator", "add", "NAME", "--key", "FILE.pub", "--founder", "FILE"],
    );
  const statement = trustStatementOf(after, harness, context.now);
  context.log(
    `The founder signs, byte for byte (${TRUST_NAMESPACE}):\n  ${Buffer.from(statement).toString("utf8")}`,
  );
  const signature = await sshSign(statement, resolve(context.io.cwd, key), TRUST_NAMESPACE, context.io.env);
  const signed = takeSignature(after, statement, signature, { founder, harness });
  if (!signed.ok)
    return refused(context, "the founder's signature does not hold", signed.problems, ["status"]);
  await pinFounder(keys, harness, signed.founder);
  await writeTrust(root.path, signed.files);
  return { ok: true, founder: signed.founder };
}

function refused(
  context: CommandContext,
  what: string,
  problems: readonly Problem[],
  next: readonly string[],
): TrustSigned {
  const lines = problems.map(({ code, file, message }) => `  ${code} ${file}: ${message}`);
  const code = problems[0]?.code ?? "FOUNDER_UNKNOWN";
  return {
    ok: false,
    refusal: {
      exitCode: EXIT.refused,
      text: `${[`${what} (${code}); nothing was written.`, ...lines, `Next: ${commandLine(context, next)}`].join("\n")}\n`,
      data: { code, problems },
    },
  };
}
