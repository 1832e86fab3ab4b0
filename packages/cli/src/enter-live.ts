import {
  CASE_ADAPTER,
  judgeEntry,
  mendingCommand,
  type EntryOptions,
  type GateCheck,
} from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import { commandLine, type CommandContext } from "./command-context.ts";
import type { CommandResult } from "./command-result.ts";
import { EXIT } from "./exit-code.ts";
import { liveEndpoint } from "./live-model.ts";
import { knownOutside, observeCandidate } from "./open-gate.ts";
import type { OpenRoot } from "./open-root.ts";

/** One thing that keeps a live plan from its trials. */
export interface EntryRefusal {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  /** The command that mends it, or the step where no command does. */
  readonly next: string;
}

/** Codes that a renewal mends: the plan and its trials stay. */
const RENEWED: readonly string[] = ["SOURCE_STALE", "STAGE5_EXPIRED", "NOT_RUN"];
/** Checks of documents that have to be older than the plan. */
const BEFORE_PLAN: readonly string[] = ["source-admission", "stage5"];

/**
 * Everything that keeps a live plan from its trials, found before one of them is paid for: what the gate asks of what comes
 * before the trials, and the model's key. `plan` need not be written yet; it is null where none can be made.
 */
export async function refusalsOfEntry(
  context: CommandContext,
  root: OpenRoot,
  { plan, step }: Pick<EntryOptions, "plan" | "step">,
): Promise<readonly EntryRefusal[]> {
  const candidate = plan?.plan.candidate ?? null;
  const open = await judgeEntry({
    root: root.path,
    now: context.now,
    plan,
    step,
    caseAdapter: CASE_ADAPTER,
    observations: await observeCandidate(context, root, candidate),
    ...(await knownOutside(context, root.config.id)),
  });
  return [
    ...open.map((check) => ({
      id: check.id,
      code: check.code ?? "",
      message: check.message,
      next: nextOf(context, check, step, plan),
    })),
    ...keyRefusal(context, root),
  ];
}

function nextOf(
  context: CommandContext,
  check: GateCheck,
  step: EntryOptions["step"],
  plan: EntryOptions["plan"],
): string {
  const mend = commandLine(context, mendingCommand(check));
  if (check.id === "applicability" && plan !== null) {
    const [lane] = plan.plan.lanes.filter(
      ({ lane: name, state }) =>
        state === "blocked" && name !== plan.plan.candidate && check.message.includes(name),
    );
    return commandLine(
      context,
      mendingCommand(check).map((word) => (word === "LANE" ? (lane?.lane ?? word) : word)),
    );
  }
  const isLate = step === "run" && BEFORE_PLAN.includes(check.id) && !RENEWED.includes(check.code ?? "");
  return isLate
    ? `${mend}, then ${commandLine(context, ["plan", "--live"])}: it has to be older than the plan`
    : mend;
}

function keyRefusal(context: CommandContext, root: OpenRoot): EntryRefusal[] {
  try {
    liveEndpoint(root.policy, context.io.env);
    return [];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { code, message, remedy } = error;
    return [{ id: "live-model", code, message, next: remedy ?? "" }];
  }
}

/** The refusal of a live plan, whole: what stands in the way, each with its code and what mends it; exit code 1. */
export function refuseEntry(what: string, refused: readonly EntryRefusal[]): CommandResult {
  const lines = refused.flatMap(({ id, code, message, next }) => [
    `  ${id} ${code}: ${message}`,
    `    Next: ${next}`,
  ]);
  return {
    exitCode: EXIT.refused,
    text: `${[`${what}; nothing was written and nothing was paid. ${refused.length} in the way:`, ...lines].join("\n")}\n`,
    data: { refused },
  };
}
