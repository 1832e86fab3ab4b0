import type { Command } from "commander";
import type { Perform } from "../build-program.ts";
import { checkLane, type CheckLaneOptions } from "../lanes/check-lane.ts";
import { tryLane, type TryLaneOptions } from "../lanes/try-lane.ts";
import { verifyLaneResult, type VerifyLaneOptions } from "../lanes/verify-lane-result.ts";
import { parseBounds, parsePath } from "../parse-options.ts";

const PACKAGE = "packed lane package, as npm pack makes it";

/** `lanes`: for the author of a lane: one trial, the conformance rules, a signed result. */
export function addLanes(program: Command, perform: Perform): void {
  const lanes = program
    .command("lanes")
    .description(
      "for lane authors: try a packed lane once, check it against every rule, sign and verify the result",
    )
    .helpCommand(false);
  perform<TryLaneOptions>(
    lanes
      .command("try")
      .description("run one trial of a packed lane on the scripted model, and seal its evidence")
      .argument("<package>", PACKAGE)
      .option("--folder <folder>", "harness root for such trials, made if missing", parsePath, "lane-trial")
      .option("--fixture <id>", "fixture of that root", "add-feature")
      .option("--backend <file>", "the backend to run, where the lane does not bring it", parsePath)
      .option(
        "--samples <folder>",
        "keep the raw streams there as a sample for stage6 lanes check",
        parsePath,
      )
      .option("--bounds <tier>", "strict, default or auto", parseBounds, "auto"),
    async (context, options, [file = ""]) => tryLane(context, file, options),
  );
  perform<CheckLaneOptions>(
    lanes
      .command("check")
      .description("hold a packed lane to every rule, offline, and write a signed result")
      .argument("<package>", PACKAGE)
      .requiredOption("--samples <folder>", "recorded streams, see lanes try", parsePath)
      .requiredOption("--key <file>", "your private Ed25519 key; made when it does not exist", parsePath)
      .option("--out <file>", "where the result is written", parsePath, "lane-result.dsse.json"),
    async (context, options, [file = ""]) => checkLane(context, file, options),
  );
  perform<VerifyLaneOptions>(
    lanes
      .command("verify")
      .description("verify a signed result: by whom, about which package, and what came out")
      .argument("<result>", "signed result, as lanes check writes it")
      .requiredOption("--key <file>", "the author's public key", parsePath)
      .requiredOption("--package <file>", PACKAGE, parsePath),
    async (context, options, [file = ""]) => verifyLaneResult(context, file, options),
  );
}
