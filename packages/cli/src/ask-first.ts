import { escapeText, type TrialPlan } from "@stage6/evidence-interface";
import { askModelOnce, type LiveEndpoint, type ModelFault, type ReadyLane } from "@stage6/runner";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

/** Longest wait for the one answer, ms. */
const DEADLINE_MS = 60_000;

const REMEDIES: Readonly<Record<ModelFault, string>> = {
  MODEL_UNREACHABLE:
    "See to the endpoint, or correct liveModel.url in policy/stage6.policy.json and make a new plan",
  AUTH_FAILURE: "Set the variable of liveModel.keyVariable to a key that this endpoint takes",
  RATE_LIMIT: "Wait, or raise the limit of this key",
  MODEL_ERROR:
    "See to the endpoint, or name another under liveModel in policy/stage6.policy.json and make a new plan",
  MODEL_MISMATCH:
    "Correct url (it ends before /v1) and id under liveModel in policy/stage6.policy.json, then make a new plan",
  MODEL_USAGE_MISSING: "Name an endpoint that states token counts in its answers",
};

/**
 * Asks the live model of a plan for one word before the first trial; this one request is paid. Throws what it found when the
 * trials cannot be made with it: {@link ModelFault}, or INTERRUPTED.
 */
export async function askFirst(
  plan: TrialPlan,
  lanes: ReadonlyMap<string, ReadyLane>,
  endpoint: LiveEndpoint,
  { log, interrupt }: { readonly log: (line: string) => void; readonly interrupt: AbortSignal },
): Promise<void> {
  const asking = [...lanes.values()]
    .map(({ lane }) => lane)
    .filter(({ modelClass }) => modelClass === "model");
  const first = asking.find(({ id }) => id === plan.candidate) ?? asking[0];
  const model = plan.lanes.find(({ lane }) => lane === first?.id)?.model?.id;
  if (first === undefined || model === undefined) return;
  const { host } = new URL(endpoint.url);
  const answer = await askModelOnce({
    endpoint,
    model,
    api: first.modelApi ?? "chat",
    deadlineMs: DEADLINE_MS,
    signal: interrupt,
  });
  if (interrupt.aborted)
    throw new CliError("INTERRUPTED", EXIT.interrupted, "interrupted before the first trial");
  if (!answer.ok) {
    const status = answer.status === null ? "no status" : `status ${answer.status}`;
    throw new CliError(
      answer.code,
      EXIT.refused,
      `the live model at ${host} cannot be used (${status}): ${escapeText(answer.detail)}; no trial was begun`,
      { remedy: `${REMEDIES[answer.code]}; the same command asks again.` },
    );
  }
  const { inputTokens, outputTokens } = answer.usage;
  log(
    `Asked the live model at ${host} once: status ${answer.status}, ${escapeText(answer.named)}, ${inputTokens} tokens in and ${outputTokens} out.`,
  );
}
