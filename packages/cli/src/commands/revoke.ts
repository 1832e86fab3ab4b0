import { Argument, InvalidArgumentError, type Command } from "commander";
import { appendRevocation } from "@stage6/eligibility/fs";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { revocationDocuments } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { writeJournaled } from "../journal-documents.ts";
import { openRoot } from "../open-root.ts";

const KINDS = ["proof", "key", "acceptance"] as const;

function parseId(text: string): string {
  if (/^(sha256:[0-9a-f]{64}|SHA256:[A-Za-z0-9+/]{43})$/.test(text)) return text;
  throw new InvalidArgumentError(
    "A digest (sha256:...) or the fingerprint of an SSH key (SHA256:...) is expected.",
  );
}

/** `revoke`: a proof, a key or an acceptance counts no longer. There is no way back. */
export function addRevoke(program: Command, perform: Perform): void {
  const command = program
    .command("revoke")
    .description(
      "add a proof, a key or an acceptance to the list of what counts no longer; there is no way back",
    )
    .addArgument(new Argument("<kind>", "what is revoked").choices(KINDS))
    .argument("<id>", "digest of the proof or acceptance, id or SSH fingerprint of the key", parseId)
    .requiredOption("--reason <text>", "why, for whoever reads it later");
  perform<{ reason: string }>(command, async (context, { reason }, [given = "", id = ""]) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const kind = KINDS.find((one) => one === given) ?? "proof";
    await writeJournaled(context, root, async () => {
      const { revocations } = rootLayout(root.path);
      const lines = await appendRevocation(revocations, {
        kind,
        id,
        revokedAt: context.now,
        reason: reason.slice(0, 1000),
      });
      return { written: kind, documents: revocationDocuments(lines) };
    });
    return {
      exitCode: EXIT.holds,
      text: `Revoked the ${kind} ${id}.\nNext: ${commandLine(context, ["validate"])}\n`,
      data: { kind, id, revokedAt: context.now },
    };
  });
}
