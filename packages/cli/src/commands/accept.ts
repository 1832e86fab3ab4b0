import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import {
  Acceptance,
  ACCEPTANCE_NAMESPACE,
  renderGrounds,
  renderSummary,
  type ProofStatement,
} from "@stage6/eligibility";
import { parseStrictBytes, validateDocument } from "@stage6/evidence-interface";
import { writeNewFile } from "@stage6/evidence-interface/fs";
import { openBefore } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { acceptableProof, acceptanceBytes, acceptanceOf, registerAcceptance } from "../accept-proof.ts";
import { commandLine, shellQuote } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { journalKey, rememberJournal } from "../journal-documents.ts";
import { openGate } from "../open-gate.ts";
import { parsePath } from "../parse-options.ts";
import { refusal } from "../refusal.ts";
import { signCommand, sshSign } from "../ssh-sign.ts";
import { keysFolder } from "../user-folders.ts";
import { parseOperator } from "./operator.ts";

interface AcceptOptions {
  readonly operator: string;
  readonly plan?: string;
  readonly key?: string;
  readonly document: string;
  readonly signature?: string;
  readonly reject?: boolean;
}

/** `accept`: an operator's signature on the very proof. It prints what is signed, and changes nothing but the record of it. */
export function addAccept(program: Command, perform: Perform): void {
  const command = program
    .command("accept")
    .description("sign the proof in force as an operator: candidate default only, not activation")
    .requiredOption("--operator <name>", "name of the operator", parseOperator)
    .option("--plan <id>", "plan whose proof is meant (default: the newest)")
    .option("--key <file>", "operator's SSH key; ssh-keygen signs with it", parsePath)
    .option(
      "--document <file>",
      "where the document to sign is written, and read again",
      parsePath,
      "acceptance.json",
    )
    .option("--signature <file>", "a signature of that document, made elsewhere", parsePath)
    .option("--reject", "sign a rejection");
  perform<AcceptOptions>(command, async (context, options) => {
    const { operator, key, signature } = options;
    const { root, documents, checks } = await openGate(context, options.plan ?? null);
    const proof = acceptableProof(documents, context.now);
    const before = openBefore("acceptance", checks);
    if (!proof.ok)
      return before.length > 0
        ? refusal("there is no proof to accept", before, commandLine(context, ["status"]))
        : refusal("there is no proof to accept", proof.checks, commandLine(context, ["compare", "--seal"]));
    const file = resolve(context.io.cwd, options.document);
    const asked = options.reject === true ? "rejected" : "accepted";
    const bytes =
      signature === undefined
        ? acceptanceBytes(
            acceptanceOf(
              proof.digest,
              proof.statement,
              `operator:${operator}`,
              asked,
              context.now,
              documents.journal.point,
            ),
          )
        : await readFile(file);
    const decision = decisionIn(bytes);
    // A rejection says that a proof must not count, which holds of one that does not hold, too.
    const open = decision === "rejected" ? [] : before;
    if (open.length > 0)
      return refusal("there is no proof to accept", open, commandLine(context, ["status"]));
    const what = describe(Buffer.from(bytes).toString("utf8"), decision, proof.statement.predicate);
    if (key === undefined && signature === undefined) {
      const by = signCommand("YOUR_KEY", ACCEPTANCE_NAMESPACE, options.document).map(shellQuote).join(" ");
      const written = await writeNewFile(dirname(file), file, bytes);
      const again = [
        "accept",
        "--operator",
        operator,
        "--document",
        options.document,
        "--signature",
        `${options.document}.sig`,
      ];
      if (written === "different")
        return {
          exitCode: EXIT.refused,
          text: `${options.document} exists and says something else; name another file with --document.\n`,
          data: { document: options.document },
        };
      return {
        exitCode: EXIT.inconclusive,
        verdict: "not-signed",
        text: `${what}Wrote ${options.document}, not signed yet. Sign with: ${by}\nNext: ${commandLine(context, again)}\n`,
        data: {
          proof: { digest: proof.digest },
          namespace: ACCEPTANCE_NAMESPACE,
          document: JSON.parse(Buffer.from(bytes).toString("utf8")),
          sign: by,
        },
      };
    }
    context.log(what.trimEnd());
    const made =
      signature === undefined
        ? await sshSign(bytes, resolve(context.io.cwd, key ?? ""), ACCEPTANCE_NAMESPACE, context.io.env)
        : await readFile(resolve(context.io.cwd, signature));
    const registered = await registerAcceptance(
      root.path,
      documents,
      proof.digest,
      operator,
      { document: bytes, signature: made },
      context.now,
      await journalKey(root, keysFolder(context.io.env)),
    );
    if (!registered.ok)
      return refusal(
        "the acceptance does not hold",
        registered.checks,
        commandLine(context, ["accept", "--operator", operator]),
      );
    await rememberJournal(context, root);
    return {
      exitCode: EXIT.holds,
      verdict: decision,
      text: `Recorded that operator:${operator} ${decision} the proof ${proof.digest}. Nothing was activated.\nNext: ${commandLine(context, [decision === "accepted" ? "record" : "status"])}\n`,
      data: {
        proof: { digest: proof.digest },
        operator: `operator:${operator}`,
        decision,
        file: registered.file,
      },
    };
  });
}

type Decision = Acceptance["decision"];

/** What a document decides, by its own words and not by those of the call; one that cannot be read is no rejection. */
function decisionIn(bytes: Uint8Array): Decision {
  const json = parseStrictBytes(bytes);
  const checked = json.ok ? validateDocument(Acceptance, json.value) : null;
  return checked?.ok === true ? checked.value.decision : "accepted";
}

function describe(
  document: string,
  decision: Decision,
  { evidenceClass, summary, grounds }: ProofStatement["predicate"],
): string {
  const says =
    decision === "accepted" ? "may be recorded. Candidate default only, not active" : "must not be recorded";
  return [
    `What is signed, byte for byte (${ACCEPTANCE_NAMESPACE}):`,
    `  ${document}`,
    `It says: this proof, on ${evidenceClass} evidence, ${says}.`,
    "What the evidence behind it shows:",
    ...[...renderGrounds(grounds), ...renderSummary(summary)].map((line) => `  ${line}`),
    "",
  ].join("\n");
}
