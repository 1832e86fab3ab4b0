import { readdirSync, readFileSync } from "node:fs";
import { EVENT_DATA } from "@stage6/evidence-interface";
import type { EventDraft } from "@stage6/lane-contract";
import fc from "fast-check";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { translator } from "./translate.ts";
import { TESTED_VERSIONS } from "./versions.ts";

type Streams = Readonly<Record<"stdout" | "stderr" | "session", Uint8Array>>;

const NAMES = ["stdout", "stderr", "session"] as const;
const END = { exitCode: 0, signal: null, endedBy: "exit" } as const;
const encoder = new TextEncoder();
const root = new URL("../fixtures/", import.meta.url);
const file = (path: string) => new URL(path, root);

const scenarios = TESTED_VERSIONS.flatMap((version) =>
  readdirSync(file(`${version}/`)).map((name) => `${version}/${name}`),
);
const load = (scenario: string): Streams => ({
  stdout: readFileSync(file(`${scenario}/stdout.jsonl`)),
  stderr: readFileSync(file(`${scenario}/stderr.txt`)),
  session: readFileSync(file(`${scenario}/session.jsonl`)),
});

/** Translates streams one after the other, each cut at `cuts` (fractions of its length). */
function translate(streams: Streams, cuts: readonly number[] = []): readonly EventDraft[] {
  const reader = translator({ workspace: "/trial/target/repo" });
  const drafts: EventDraft[] = [];
  for (const name of NAMES) {
    const bytes = streams[name];
    const at = [...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length].toSorted((a, b) => a - b);
    let from = 0;
    for (const to of at) {
      drafts.push(...reader.push(name, bytes.subarray(from, to)));
      from = to;
    }
  }
  return [...drafts, ...reader.end(END)];
}

/** What is wrong with these drafts: invalid data, raw ranges outside their stream, starts and ends that do not pair. */
function problemsOf(drafts: readonly EventDraft[], streams: Streams): readonly string[] {
  const problems: string[] = [];
  const open = new Set<string>();
  const used = new Set<string>();
  for (const { type, raw, data } of drafts) {
    const event = {
      ...data,
      raw: { artifact: `${raw.stream}.raw`, offset: raw.offset, length: raw.length },
    };
    const text = JSON.stringify(data);
    if (!Value.Check(EVENT_DATA[type], event)) problems.push(`invalid ${type}: ${text.slice(0, 400)}`);
    if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text)) problems.push(`lone surrogate: ${text.slice(0, 400)}`);
    const stream = NAMES.find((name) => name === raw.stream);
    const end = raw.offset + raw.length;
    if (stream === undefined || end > streams[stream].length) problems.push(`raw of ${type} out of range`);
    if (type === "tool.started") {
      if (used.has(data.callId)) problems.push(`call id used twice: ${data.callId}`);
      open.add(data.callId);
      used.add(data.callId);
    }
    if (type === "tool.ended" && !open.delete(data.callId))
      problems.push(`end without start: ${data.callId}`);
  }
  for (const id of open) problems.push(`start without end: ${id}`);
  if (drafts.filter((draft) => draft.type === "agent.ended").length !== 1)
    problems.push("not one agent.ended");
  if (drafts.at(-1)?.type !== "agent.ended") problems.push("agent.ended is not last");
  return problems;
}

describe.each(scenarios)("%s", (scenario) => {
  const streams = load(scenario);
  const drafts = translate(streams);

  test("gives the golden drafts, byte for byte", async () => {
    await expect(drafts.map((draft) => `${JSON.stringify(draft)}\n`).join("")).toMatchFileSnapshot(
      file(`${scenario}/drafts.jsonl`).pathname,
    );
  });

  test("is sound, without drift, gap or unknown record", () => {
    expect(problemsOf(drafts, streams)).toEqual([]);
    expect(drafts.filter((draft) => /drift|unread|unrecognized/.test(draft.type))).toEqual([]);
  });
});

const scenario = fc.constantFrom(...scenarios).map(load);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const OPTIONS = { numRuns: 150 };

test("the drafts do not depend on how a stream was cut", () => {
  fc.assert(
    fc.property(scenario, cuts, (streams, at) => {
      expect(translate(streams, at)).toEqual(translate(streams));
    }),
    OPTIONS,
  );
});

test("a truncated stream is still translated", () => {
  fc.assert(
    fc.property(
      scenario,
      fc.constantFrom(...NAMES),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (streams, name, part) => {
        const cut = {
          ...streams,
          [name]: streams[name].subarray(0, Math.floor(part * streams[name].length)),
        };
        expect(problemsOf(translate(cut), cut)).toEqual([]);
      },
    ),
    OPTIONS,
  );
});

test("flipped bytes never throw and never break a draft", () => {
  const flips = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat(), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(scenario, flips, (streams, list) => {
      const flipped = {
        stdout: streams.stdout.slice(),
        stderr: streams.stderr.slice(),
        session: streams.session.slice(),
      };
      for (const [name, at, mask] of list) {
        const bytes = flipped[name];
        if (bytes.length > 0) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
      }
      expect(problemsOf(translate(flipped), flipped)).toEqual([]);
    }),
    OPTIONS,
  );
});

test("lines in any order, repeated or missing, never throw and never break a draft", () => {
  fc.assert(
    fc.property(scenario, fc.array(fc.nat(), { maxLength: 40 }), (streams, picks) => {
      const shuffle = (bytes: Uint8Array): Uint8Array => {
        const lines = new TextDecoder().decode(bytes).split("\n");
        return encoder.encode(picks.map((pick) => lines[pick % lines.length] ?? "").join("\n"));
      };
      const shuffled = {
        stdout: shuffle(streams.stdout),
        stderr: shuffle(streams.stderr),
        session: shuffle(streams.session),
      };
      expect(problemsOf(translate(shuffled), shuffled)).toEqual([]);
    }),
    OPTIONS,
  );
});

test("fields of any JSON type, in any known record, never throw and never break a draft", () => {
  const lines = scenarios.flatMap((name) =>
    new TextDecoder()
      .decode(load(name).stdout)
      .split("\n")
      .filter((line) => line !== ""),
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: "binary" }),
    fc.constant(`\ud800${"é😀".repeat(5000)}`),
    fc.constant("constructor"),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...lines), fc.nat(), value), { maxLength: 20 }), (list) => {
      const changed = list.map(([line, at, replacement]) => {
        let count = 0;
        const total = line.split('":').length - 1;
        return JSON.stringify(JSON.parse(line), (key, old: unknown) =>
          key !== "" && (count += 1) === (at % total) + 1 ? replacement : old,
        );
      });
      const streams = {
        stdout: encoder.encode(changed.join("\n")),
        stderr: new Uint8Array(),
        session: new Uint8Array(),
      };
      expect(problemsOf(translate(streams), streams)).toEqual([]);
    }),
    OPTIONS,
  );
});

test("bytes of any kind never throw", () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(fc.record({ stdout: bytes, stderr: bytes, session: bytes }), (streams) => {
      expect(problemsOf(translate(streams), streams)).toEqual([]);
    }),
  );
});

test("a stream it does not know is passed over", () => {
  const reader = translator({ workspace: "/trial/target/repo" });
  expect(reader.push("other", encoder.encode("{}\n"))).toEqual([]);
  expect(reader.end(END)).toHaveLength(1);
});
