import type { ClosureClass } from "@stage6/evidence-interface";
import type { InjectedStep, TrialInjector } from "../injector.ts";
import type { Mutation } from "../mutation.ts";
import type { Expected, Way } from "../row.ts";

/** Lanes that ask a model, and all lanes of the comparison. */
export const MODEL_LANES = ["case", "codex", "pi"];
export const ALL_LANES = ["case", "codex", "fake", "pi"];

/** The right change, and the words that claim it. */
export const FIX: InjectedStep = { do: "edit", path: "src/value.txt", oldText: "old", newText: "new" };
export const DONE: InjectedStep = { do: "say", text: "Done: src/value.txt says new." };

/** A command in the workspace. */
export function shell(command: string): InjectedStep {
  return { do: "shell", command };
}

/** The last words of one of Case's agents, with the result that Case reads in them. */
export function caseResult(result: Readonly<Record<string, unknown>>): InjectedStep {
  const whole = { status: "completed", summary: "", artifacts: {}, error: null, ...result };
  return { do: "say", text: `Looked.\n\n<<<AGENT_RESULT\n${JSON.stringify(whole)}\nAGENT_RESULT>>>\n` };
}

/** Bytes that the fake lane prints, from text. */
export function print(text: string): InjectedStep {
  return { do: "fake-print", base64: Buffer.from(text).toString("base64") };
}

/** Shell text that runs Case and then edits each event log that it left, `$f`: the one stream of Case that an adapter reads. */
export function eachCaseLog(edit: string): string {
  return `"$@"; code=$?; for f in "$CASE_DATA_DIR"/.case/*/events/*.jsonl .case/*/events/*.jsonl; do test -f "$f" || continue; ${edit}; done; exit $code`;
}

/** An expected closure. */
export function closes(
  closure: ClosureClass,
  more: Omit<Extract<Expected, { kind: "closure" }>, "kind" | "closure"> = {},
): Expected {
  return { kind: "closure", closure, ...more };
}

type Scene = Partial<Pick<TrialInjector, "profile" | "files" | "base" | "roles">>;
const scene = (
  { profile = "ordinary", files = [], base = "seeded", roles }: Scene,
  steps: readonly InjectedStep[],
) => ({
  profile,
  steps: [...steps],
  ...(roles === undefined ? {} : { roles: [...roles] }),
  files: [...files],
  base,
});

/** The scripted model answers so. */
export function scripted(
  lanes: readonly string[],
  steps: readonly InjectedStep[],
  expected: Expected,
  more: Scene = {},
): Way {
  return {
    layer: "P",
    lanes: [...lanes],
    injector: { kind: "scripted-model", ...scene(more, steps) },
    expected,
  };
}

/** The fake lane plays so. */
export function faked(steps: readonly InjectedStep[], expected: Expected, more: Scene = {}): Way {
  return {
    layer: "L",
    lanes: ["fake"],
    injector: { kind: "fake-scenario", ...scene(more, steps) },
    expected,
  };
}

/** The same steps for the model of the lanes that ask one and for the fake lane. */
export function played(steps: readonly InjectedStep[], expected: Expected, more: Scene = {}): Way[] {
  return [scripted(MODEL_LANES, steps, expected, more), faked(steps, expected, more)];
}

/** A shell around the backend misbehaves. */
export function wrapped(
  lanes: readonly string[],
  command: string,
  expected: Expected,
  steps: readonly InjectedStep[] = [FIX, DONE],
  more: Scene = {},
): Way {
  return {
    layer: "W",
    lanes: [...lanes],
    injector: { kind: "process-wrapper", ...scene(more, steps), wrapper: { command } },
    expected,
  };
}

/** A sound bundle of every lane is spoiled. */
export function spoiled(codes: readonly string[], ...mutations: readonly Mutation[]): Way {
  return {
    layer: "E",
    lanes: [...ALL_LANES],
    injector: { kind: "bundle-mutation", mutations: [...mutations] },
    expected: { kind: "codes", codes: [...codes] },
  };
}

/** The fake lane asks no model: nothing of its trial passes the gateway. */
export const FAKE_ASKS_NO_MODEL = {
  lane: "fake",
  why: "The fake lane asks no model, so nothing of its trial passes the gateway that this row is about; lanes with a model cover it.",
};
