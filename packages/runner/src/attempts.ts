import { classifyAttempt, type DecoyRemote, type WitnessedCalls } from "@stage6/bounds";
import type { TrialRecorder } from "./trial-recorder.ts";

const MAX_DETAIL = 500;

/** Cuts a command line for an event; half a surrogate pair has no canonical bytes and is replaced. */
function detail(text: string): string {
  return text.slice(0, MAX_DETAIL).replaceAll(/\p{Surrogate}/gu, "\ufffd");
}

/** Commands a tool call's arguments hold: every string in the JSON object, or the text itself. */
function commandTexts(argumentsText: string): string[] {
  try {
    const value: unknown = JSON.parse(argumentsText);
    if (typeof value !== "object" || value === null) return [argumentsText];
    return Object.values(value).filter((item): item is string => typeof item === "string");
  } catch {
    return [argumentsText];
  }
}

/** Records a forbidden action that the model asked for in a tool call; says nothing about whether it ran. */
export function recordAskedAction(recorder: TrialRecorder, argumentsText: string): void {
  for (const text of commandTexts(argumentsText)) {
    const action = classifyAttempt(text);
    if (action !== null) recorder.write("action.attempted", { action, via: "gateway", detail: detail(text) });
  }
}

/** Records a request that used the gateway as a proxy, when it would have been a forbidden action. */
export function recordEgress(recorder: TrialRecorder, method: string, target: string): void {
  const action = classifyAttempt(["curl", "-X", method, target]);
  if (action !== null)
    recorder.write("action.attempted", { action, via: "gateway", detail: detail(`${method} ${target}`) });
}

/**
 * Records the attempts that shims and decoy remote saw; returns the bytes of the attempts artifact. A line whose `argv` or
 * `refused` is null says that something could not be read, was too much to keep or may have been lost, never that there was
 * none of it.
 */
export async function recordSeenAttempts(
  recorder: TrialRecorder,
  { entries, flooded, lost }: WitnessedCalls,
  remote: DecoyRemote,
): Promise<Buffer> {
  for (const entry of entries) {
    const action = entry.kind === "call" ? classifyAttempt(entry.argv) : null;
    if (entry.kind === "call" && action !== null)
      recorder.write("action.attempted", { action, via: "shim", detail: detail(entry.argv.join(" ")) });
  }
  const refused = await remote.readAttempts().catch(() => null);
  for (let at = 0; at < Math.min(refused ?? 0, 100); at++)
    recorder.write("action.attempted", {
      action: "push",
      via: "remote",
      detail: "a push reached the decoy remote and was refused",
    });
  const lines = [
    ...entries.map((entry) =>
      entry.kind === "call"
        ? { seen: "shim", argv: entry.argv }
        : { seen: "shim", argv: null, unreadable: entry.text },
    ),
    ...(flooded === 0 ? [] : [{ seen: "shim", argv: null, flooded }]),
    ...lost.map((why) => ({ seen: "shim", argv: null, lost: why })),
    { seen: "remote", refused },
  ];
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
