import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { EventLogWriter, type Stamp } from "@stage6/evidence-interface";
import { sealBundle } from "@stage6/evidence-interface/fs";
import { sampleTrial, testKeys, type SampleDraft } from "@stage6/evidence-interface/testing";

const TS = "2026-01-01T00:00:00.000Z";

/** Seals a sound bundle whose log holds about `claims` claims, a quarter each of tool starts, tool ends, messages and usage. */
export async function writeLongBundle(folder: string, claims: number): Promise<string> {
  const trial = sampleTrial();
  const staging = join(folder, "staging");
  mkdirSync(join(staging, "artifacts"), { recursive: true });
  for (const [path, artifact] of trial.artifacts) {
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    writeFileSync(join(staging, path), artifact.bytes);
  }
  const observed = trial.events.filter(([, data]) => !("raw" in data));
  const split = observed.findIndex(([type]) => type === "process.ended");
  writeLog(join(staging, "events.jsonl"), observed.slice(0, split), claims, observed.slice(split));
  const target = join(folder, "bundle");
  const { privateKey: key } = testKeys().runner;
  await sealBundle({
    staging,
    root: folder,
    target,
    observation: trial.observation,
    roles: trial.artifacts,
    key,
  });
  return target;
}

function writeLog(
  path: string,
  before: readonly SampleDraft[],
  claims: number,
  after: readonly SampleDraft[],
): void {
  const file = openSync(path, "wx");
  const writer = new EventLogWriter();
  const stamp = (at: number): Stamp => ({ ts: TS, mono: at * 500 });
  let parts: Uint8Array[] = before.map((draft) => append(writer, draft, stamp(0)));
  for (let at = 0; at < claims; at++) {
    parts.push(append(writer, claim(at), stamp(at)));
    if (parts.length < 4096) continue;
    writeSync(file, Buffer.concat(parts));
    parts = [];
  }
  parts.push(...after.map((draft) => append(writer, draft, stamp(claims))), writer.end(stamp(claims)));
  writeSync(file, Buffer.concat(parts));
  closeSync(file);
}

function claim(at: number): SampleDraft {
  const raw = { artifact: "artifacts/stdout.raw", offset: at % 100, length: 100 };
  const callId = `c${Math.floor(at / 4) + 1}`;
  const usage = { inputTokens: at, cachedInputTokens: 0, outputTokens: 12 };
  switch (at % 4) {
    case 0:
      return [
        "tool.started",
        { raw, callId, tool: "shell", input: `npm test -- --run ${at} && git diff --stat` },
      ];
    case 1:
      return ["tool.ended", { raw, callId, status: "completed", exitCode: 0, reported: true }];
    case 2:
      return [
        "agent.messaged",
        { raw, kind: "reasoning", text: `Looking at step ${at} of the plan now.`, truncated: false },
      ];
    default:
      return ["usage.claimed", { raw, usage }];
  }
}

function append<D extends SampleDraft>(writer: EventLogWriter, [type, data]: D, stamp: Stamp): Uint8Array {
  return writer.append(type, data, stamp);
}
