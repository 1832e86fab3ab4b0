/** Marks around the JSON with which every agent of Case has to end its last answer. */
const [OPEN, CLOSE] = ["<<<AGENT_RESULT", "AGENT_RESULT>>>"];

/** What an agent of Case says of its own end, as far as scripts need it; nothing in it is ever believed. */
export interface AgentResult {
  readonly status: "completed" | "failed" | "blocked";
  readonly summary: string;
  readonly error?: string;
  readonly rubric?: {
    readonly role: "verifier" | "reviewer";
    readonly categories: readonly {
      readonly category: string;
      readonly verdict: "pass" | "fail" | "na";
      readonly detail: string;
    }[];
  };
  readonly findings?: {
    readonly critical: number;
    readonly warnings: number;
    readonly info: number;
    readonly details: readonly object[];
  };
}

/** A last answer: words, then the result block. */
export function renderResult({ error, ...result }: AgentResult): string {
  return `${result.summary}\n\n${OPEN}\n${JSON.stringify({ ...result, artifacts: {}, error: error ?? null })}\n${CLOSE}\n`;
}
