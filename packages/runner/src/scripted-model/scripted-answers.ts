import type { Script, ScriptedToolCall, ScriptStep } from "@stage6/lane-contract";
import { scriptCourse } from "./script-course.ts";

/** One answer of the scripted model. */
export type ScriptedAnswer =
  | { readonly kind: "text"; readonly text: string }
  /** `id` is fixed by the place in the script, so that a retry gets the same call. */
  | { readonly kind: "call"; readonly id: string; readonly call: ScriptedToolCall };

/** Answers of a script in order, or the first step that the backend cannot be asked to do (`place` from 0 in the script). */
export type ScriptedAnswers =
  | { readonly kind: "playable"; readonly answers: readonly ScriptedAnswer[] }
  | { readonly kind: "unplayable"; readonly place: number; readonly step: ScriptStep["do"] };

/** What the model says when the script is over. */
export const AFTER_THE_SCRIPT: ScriptedAnswer = { kind: "text", text: "Nothing more to do." };

/** Puts a script into the words of one backend. */
export const scriptedAnswers = (
  script: Script | null,
  toolCall: (step: ScriptStep) => ScriptedToolCall | null,
): ScriptedAnswers => {
  const answers: ScriptedAnswer[] = [];
  for (const { step, place } of scriptCourse(script).answers) {
    if (step.do === "say") {
      answers.push({ kind: "text", text: step.text });
      continue;
    }
    const call = toolCall(step);
    if (call === null) return { kind: "unplayable", place, step: step.do };
    answers.push({ kind: "call", id: `call_${place}`, call });
  }
  return { kind: "playable", answers };
};
