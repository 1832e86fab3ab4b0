import { checkFiles, sha256, type EventData } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import type { Lane } from "@stage6/lane-contract";
import { sealStreams, systemClock } from "@stage6/runner";
import { expect, test } from "vitest";
import { LANES } from "./lane-catalog.ts";

/** Streams per lane; with STAGE6_STREAM_RUNS (`npm run fuzz:streams`) so many. The seed of a stream is its number. */
const RUNS = Number(process.env["STAGE6_STREAM_RUNS"] ?? 40);
const HOUR = 3_600_000;

/** Small fast counter-based generator (splitmix32). */
function randomOf(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % most;
  };
}

/** Words of the formats of all lanes, so that a stream often is nearly a record. */
const WORDS = (
  "type event id item item.started item.completed thread.started turn.started turn.completed turn.failed command_execution " +
  "agent_message file_change reasoning error message session tool_execution_start tool_execution_end toolCallId toolName args " +
  "agent_start agent_end message_start message_end turn_start turn_end tool_start tool_end phase_start phase_end pipeline_start " +
  "pipeline_end phase agent attempt outcome implement implementer status exit_code output command text content role assistant " +
  "usage input_tokens output_tokens response_item function_call function_call_output call_id payload name arguments ts sequence " +
  "runId kind say tool done data completed failed __proto__ constructor toString hasOwnProperty bash edit path changes"
).split(" ");
const TEXTS = [
  "",
  "\0",
  "\u2028",
  "\ud800",
  "\udfff x",
  "../../etc/passwd",
  "\u001b[31m",
  "\u202e",
  "x".repeat(5000),
];
const NUMBERS = ["0", "-0", "1e400", "-1", "9007199254740993", "0.1", "1e21", "65537", "4294967296"];

function valueOf(random: (most: number) => number, depth: number): string {
  const word = (): string => JSON.stringify(WORDS[random(WORDS.length)]);
  switch (random(depth > 4 ? 6 : 9)) {
    case 0:
      return NUMBERS[random(NUMBERS.length)] ?? "0";
    case 1:
      return JSON.stringify(TEXTS[random(TEXTS.length)]);
    case 2:
      return ["null", "true", "false", "[]", "{}"][random(5)] ?? "null";
    case 3:
    case 4:
    case 5:
      return word();
    case 6:
      return `[${Array.from({ length: random(4) }, () => valueOf(random, depth + 1)).join(",")}]`;
    default:
      return recordOf(random, depth + 1);
  }
}

/** An object, at times with a key twice. */
function recordOf(random: (most: number) => number, depth: number): string {
  const member = (): string => `${JSON.stringify(WORDS[random(WORDS.length)])}:${valueOf(random, depth)}`;
  const typed = random(2) === 0 ? [`"type":${JSON.stringify(WORDS[random(WORDS.length)])}`] : [];
  return `{${[...typed, ...Array.from({ length: random(6) }, member)].join(",")}}`;
}

function pieceOf(random: (most: number) => number, seed: number): Buffer {
  const line = (): string => recordOf(random, 0);
  switch (random(12)) {
    case 0:
      return Buffer.from(Array.from({ length: random(200) }, () => random(256)));
    case 1:
      return Buffer.from(`${"[".repeat(random(3000))}\n`);
    case 2:
      return Buffer.from(`{"type":${'{"a":'.repeat(600)}1${"}".repeat(600)}}\n`);
    case 3:
      return Buffer.from("\n".repeat(random(400)));
    case 4:
      return Buffer.from(line());
    case 5:
      return Buffer.concat([Buffer.from(line()), Buffer.of(0xff, 0xc0, 0), Buffer.from("\r\n")]);
    case 6: {
      const same = line();
      return Buffer.from(`${same}\n`.repeat(1 + random(50)));
    }
    case 7:
      return Buffer.from(
        `{"type":"tool_execution_start","toolCallId":"c${seed}","toolName":"bash","args":${line()}}\n`,
      );
    case 8:
      return Buffer.from(
        `{"event":"tool_start","phase":"implement","agent":"implementer","toolCallId":"c${random(9)}","tool":"bash","args":"{}","ts":"2026-01-01T00:00:00Z","sequence":${random(20)},"runId":"r"}\n`,
      );
    case 9:
      return Buffer.from(
        `{"type":"item.started","item":{"id":"i${random(9)}","type":"command_execution","command":${valueOf(random, 2)},"status":"in_progress"}}\n`,
      );
    default:
      return Buffer.from(Array.from({ length: 1 + random(8) }, () => `${line()}\n`).join(""));
  }
}

const STREAMS = ["stdout", "stdout", "stdout", "stderr", "session", "claimed-task", "claimed-run-log"];

function started(lane: Lane, number: number): EventData<"run.started"> {
  const digest = sha256("");
  return {
    schemaVersion: "1.0",
    trial: { planId: "p", lane: lane.id, fixture: "f", number },
    attemptId: "00000000-0000-4000-8000-000000000000",
    planDigest: digest,
    policyDigest: digest,
    fixtureDigest: digest,
    taskDigest: digest,
    baseCommit: "0".repeat(40),
    harness: { name: "stage6", version: "0.0.0" },
    adapterVersion: lane.adapterVersion,
    model: { class: "none", provider: "", id: "" },
    limits: { totalMs: 1, idleMs: 1, outputBytes: 1, lineBytes: 1, modelRequests: 1, oracleMs: 1 },
    boundsTier: "default",
  };
}

/** Seals streams in memory, and reads what was sealed. */
async function sealed(lane: Lane, pieces: readonly { stream: string; bytes: Uint8Array }[], seed: number) {
  const begin = started(lane, 1 + (seed % 999));
  const end = { exitCode: seed % 3 === 0 ? 1 : 0, signal: null, endedBy: "exit" as const };
  const files = await sealStreams({
    lane,
    pieces,
    end,
    started: begin,
    key: testKeys().runner.privateKey,
    clock: systemClock(),
  });
  return checkFiles(files, testKeys().trusted, begin.trial);
}

test.each(LANES)(
  "any bytes of a $id backend end as a sealed bundle that its reader takes",
  { timeout: HOUR },
  async ({ lane }) => {
    for (let seed = 0; seed < RUNS; seed += 1) {
      const random = randomOf(seed);
      const pieces = Array.from({ length: 1 + random(6) }, () => ({
        stream: STREAMS[random(STREAMS.length)] ?? "stdout",
        bytes: pieceOf(random, seed),
      }));
      const { findings, report } = await sealed(lane, pieces, seed);
      expect({ seed, findings }).toEqual({ seed, findings: [] });
      expect(report).not.toBeNull();
    }
  },
);

test.each(LANES)(
  "more open calls of a $id backend than a reader takes end as a sealed bundle",
  { timeout: HOUR },
  async ({ lane }) => {
    const calls = Array.from({ length: 66_000 }, (_, at) =>
      [
        `{"type":"tool_execution_start","toolCallId":"c${at}","toolName":"bash","args":{"command":"ls"}}`,
        `{"type":"item.started","item":{"id":"i${at}","type":"command_execution","command":"ls","aggregated_output":"","exit_code":null,"status":"in_progress"}}`,
        `{"event":"tool_start","phase":"implement","agent":"implementer","toolCallId":"c${at}","tool":"bash","args":"{}","ts":"2026-01-01T00:00:00.000Z","sequence":${at + 1},"runId":"5f0e5ca5-0000-4000-8000-000000000001"}`,
      ].join("\n"),
    );
    const bytes = Buffer.from(`${calls.join("\n")}\n`);
    const streams = ["stdout", "session"];
    const { findings } = await sealed(
      lane,
      streams.map((stream) => ({ stream, bytes })),
      1_000_000,
    );
    expect(findings).toEqual([]);
  },
);
