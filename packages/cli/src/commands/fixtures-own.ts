import { join } from "node:path";
import type { Command } from "commander";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { ownFixture } from "@stage6/runner";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { openRoot } from "../open-root.ts";
import { listFixtures } from "../read-fixtures.ts";

/** `fixtures own`: states whose repository a fixture is, and that its owner agreed. */
export function addFixturesOwn(fixtures: Command, perform: Perform): void {
  const command = fixtures
    .command("own")
    .description(
      "state that a fixture's repository is owned and noncritical, by whom, and that the owner agreed",
    )
    .argument("<id>", "fixture")
    .requiredOption("--owner <name>", "whose repository it is")
    .requiredOption("--consent <text>", "what the owner agreed to");
  perform<{ owner: string; consent: string }>(command, async (context, { owner, consent }, [id = ""]) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const known = await listFixtures(root.path);
    if (!known.includes(id))
      throw new CliError("USAGE", EXIT.usage, `there is no fixture ${id}`, {
        remedy: `Fixtures of this root: ${known.join(", ")}.`,
      });
    const date = context.now.slice(0, 10);
    const folder = join(rootLayout(root.path).fixtures, id);
    if (!(await ownFixture(folder, { owner, statement: consent, date })))
      throw new CliError("USAGE", EXIT.refused, `fixture ${id} has an ownership record already`, {
        remedy: "A record is never changed; add the repository again under another id.",
      });
    return {
      exitCode: EXIT.holds,
      text: `Fixture ${id} is stated to be owned and noncritical.\nNext: ${commandLine(context, ["plan", "--fixtures", id])}\n`,
      data: { fixture: id, owner, consent },
    };
  });
}
