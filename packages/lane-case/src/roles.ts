import type { LaneRoles } from "@stage6/lane-contract";
import { renderResult } from "./result-block.ts";

/** First heading of an agent's system text. */
const HEADING = /^# ([A-Za-z]+)\b/m;

const NAMES: ReadonlySet<string> = new Set([
  "implementer",
  "verifier",
  "reviewer",
  "closer",
  "retrospective",
]);

function roleOf(system: string): string | null {
  const name = HEADING.exec(system)?.[1]?.toLowerCase();
  return name !== undefined && NAMES.has(name) ? name : null;
}

/** Case's agents for the scripted model: the implementer plays the script, the two evaluators look once and are content. */
export const ROLES: LaneRoles = {
  main: "implementer",
  of: roleOf,
  steps: {
    verifier: [
      { do: "shell", command: "ls" },
      { do: "say", text: renderResult({ status: "completed", summary: "Looked; nothing to object." }) },
    ],
    reviewer: [
      { do: "shell", command: "ls" },
      { do: "say", text: renderResult({ status: "completed", summary: "Read; nothing to object." }) },
    ],
  },
  answer: (text) => renderResult({ status: "completed", summary: text }),
};
