import { type DraftData, exitCodeOf, short } from "@stage6/lane-contract";

/** How a call ended, read from the output the model got. */
export interface CallOutcome {
  readonly status: DraftData<"tool.ended">["status"];
  readonly exitCode: number | null;
  /** First line of the output when it is a refusal; null otherwise. */
  readonly refusal: string | null;
}

/** How Codex puts a refusal of its own. */
const REFUSAL =
  /^(?:unsupported (?:custom tool )?call|patch rejected|apply_patch verification failed|failed to parse function arguments|approval policy is |execution denied|exec_command failed for .*rejected)/;

/** Whether a text is how Codex puts a refusal. */
export function isRefusal(text: string): boolean {
  return REFUSAL.test(text);
}

const EXIT_CODES = [
  /^Process exited with code ([0-9]{1,10})$/m,
  /^Exit code: ([0-9]{1,10})$/m,
  /"metadata":\{"exit_code":([0-9]{1,10})/,
  /ExecToolCallOutput \{ exit_code: ([0-9]{1,10})/,
];

const HEAD = 4096;

/** Reads an output. Only what Codex put around the command's own output counts, so that a command cannot print its own exit code. */
export function callOutcome(output: string): CallOutcome {
  if (isRefusal(output)) {
    return { status: "refused", exitCode: null, refusal: short(output.split("\n", 1)[0] ?? "") };
  }
  const stated = statedPart(output);
  if (/^Process running with session ID /m.test(stated))
    return { status: "unclosed", exitCode: null, refusal: null };
  for (const pattern of EXIT_CODES) {
    const digits = pattern.exec(stated)?.[1];
    const code = digits === undefined ? null : exitCodeOf(Number(digits));
    if (code !== null) return { status: code === 0 ? "completed" : "failed", exitCode: code, refusal: null };
  }
  return {
    status: /^(?:exec_command failed|unable to |error|failed)/i.test(output) ? "failed" : "completed",
    exitCode: null,
    refusal: null,
  };
}

/** The lines before `Output:` (a patch's exit code may follow it); the tail of a JSON output, where its metadata stands; else the head. */
function statedPart(output: string): string {
  if (output.startsWith('{"output":')) return output.slice(-HEAD);
  const head = output.slice(0, HEAD);
  const mark = /^Output:$/m.exec(head);
  if (mark === null) return head;
  const exec = /^Process (?:exited|running) with /m.test(head.slice(0, mark.index));
  const patch = exec ? null : /^Exit code: [0-9]{1,10}\n/.exec(head.slice(mark.index + "Output:\n".length));
  return head.slice(0, mark.index) + (patch?.[0] ?? "");
}
