import { readdirSync, readFileSync } from "node:fs";
import { EVENT_DATA } from "@stage6/evidence-interface";
import type { EventDraft } from "@stage6/lane-contract";
import fc from "fast-check";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { logBytes } from "./testing/case-log.ts";
import { SCENARIOS } from "./testing/scenarios.ts";
import { translator } from "./translate.ts";

const END = { exitCode: 0, signal: null, endedBy: "exit" } as const;
const root = new URL("../fixtures/", import.meta.url);
const names = readdirSync(root);
const load = (name: string): Uint8Array => readFileSync(new URL(`${name}/session.jsonl`, root));

function translate(session: Uint8Array, cuts: readonly number[] = []): readonly EventDraft[] {
  const reader = translator({ workspace: "/trial/target/repo" });
  const at = [...cuts.map((cut) => Math.floor(cut * session.length)), session.length].toSorted(
    (a, b) => a - b,
  );
  const drafts: EventDraft[] = [];
  let from = 0;
  for (const to of at) {
    drafts.push(...reader.push("session", session.subarray(from, to)));
    from = to;
  }
  return [...drafts, ...reader.end(END)];
}

const meanings = (drafts: readonly EventDraft[]) => drafts.map(({ type, data }) => ({ type, data }));
const outcomeOf = (drafts: readonly EventDraft[]): string => {
  const last = drafts.at(-1);
  return last?.type === "agent.ended" ? last.data.outcome : "none";
};
/** Whether a report on these drafts could be one that passes: the agent says completed, and nothing is missing, odd or rejected. */
function couldPass(drafts: readonly EventDraft[]): boolean {
  return (
    outcomeOf(drafts) === "completed" &&
    drafts.every(
      ({ type, data }) =>
        type !== "line.unread" &&
        type !== "drift.detected" &&
        !(type === "tool.ended" && data.status === "unclosed") &&
        !(type === "review.claimed" && data.verdict !== "passed"),
    )
  );
}

/** What is wrong with these drafts: invalid data, raw ranges outside the stream, starts and ends that do not pair. */
function problemsOf(drafts: readonly EventDraft[], session: Uint8Array): readonly string[] {
  const problems: string[] = [];
  const open = new Set<string>();
  for (const { type, raw, data } of drafts) {
    const event = { ...data, raw: { artifact: "session.raw", offset: raw.offset, length: raw.length } };
    const text = JSON.stringify(data);
    if (!Value.Check(EVENT_DATA[type], event)) problems.push(`invalid ${type}: ${text.slice(0, 400)}`);
    if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text)) problems.push(`lone surrogate: ${text.slice(0, 400)}`);
    if (raw.offset + raw.length > session.length) problems.push(`raw of ${type} out of range`);
    const key =
      type === "tool.started" || type === "tool.ended"
        ? data.callId
        : type === "phase.started" || type === "phase.ended"
          ? `${data.phase} ${data.attempt}`
          : null;
    if (key === null) continue;
    if (type.endsWith(".started")) {
      if (open.has(key)) problems.push(`started twice: ${key}`);
      open.add(key);
    } else if (!open.delete(key)) problems.push(`end without start: ${key}`);
  }
  for (const key of open) problems.push(`start without end: ${key}`);
  if (drafts.filter((draft) => draft.type === "agent.ended").length !== 1)
    problems.push("not one agent.ended");
  if (drafts.at(-1)?.type !== "agent.ended") problems.push("agent.ended is not last");
  return problems;
}

describe.each(names)("%s", (name) => {
  const session = load(name);
  const drafts = translate(session);

  test("gives the golden drafts, byte for byte", async () => {
    await expect(drafts.map((draft) => `${JSON.stringify(draft)}\n`).join("")).toMatchFileSnapshot(
      new URL(`${name}/drafts.jsonl`, root).pathname,
    );
  });

  test("is the log that the tests describe", () => {
    expect(Buffer.from(session).toString()).toBe(Buffer.from(logBytes(SCENARIOS[name] ?? [])).toString());
  });

  test("is sound, without drift, gap or unknown record", () => {
    expect(problemsOf(drafts, session)).toEqual([]);
    expect(drafts.filter((draft) => /drift|unread|unrecognized/.test(draft.type))).toEqual([]);
  });
});

test("every described log has its golden drafts", () =>
  expect(names.toSorted()).toEqual(Object.keys(SCENARIOS).toSorted()));

test("of the described logs only those that went well could pass", () => {
  expect(names.filter((name) => couldPass(translate(load(name)))).toSorted()).toEqual([
    "parallel",
    "revised",
    "success",
  ]);
});

const scenario = fc.constantFrom(...names).map(load);
const OPTIONS = { numRuns: 150 };
const linesOf = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString().trimEnd().split("\n");
const joined = (lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));

test("the drafts do not depend on how the stream was cut into chunks", () => {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(scenario, cuts, (session, at) => {
      expect(translate(session, at)).toEqual(translate(session));
    }),
    OPTIONS,
  );
});

test("the order of the lines does not matter, only their numbers", () => {
  fc.assert(
    fc.property(
      scenario.chain((session) =>
        fc.tuple(
          fc.constant(session),
          fc.shuffledSubarray(linesOf(session), { minLength: linesOf(session).length }),
        ),
      ),
      ([session, lines]) => {
        const ordered = meanings(translate(session)).filter(({ type }) => type !== "agent.ended");
        const shuffled = meanings(translate(joined(lines))).filter(({ type }) => type !== "agent.ended");
        expect(shuffled).toEqual(ordered);
      },
    ),
    OPTIONS,
  );
});

test("a log that lost bytes at its end is translated and could never pass", () => {
  fc.assert(
    fc.property(scenario, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (session, part) => {
      // The final line break alone says nothing.
      const cut = session.subarray(0, Math.floor(part * (session.length - 1)));
      const drafts = translate(cut);
      expect(problemsOf(drafts, cut)).toEqual([]);
      expect(couldPass(drafts)).toBe(false);
    }),
    OPTIONS,
  );
});

test("a log that lost a line anywhere could never pass", () => {
  fc.assert(
    fc.property(scenario, fc.nat(), (session, pick) => {
      const lines = linesOf(session);
      const left = joined(lines.toSpliced(pick % lines.length, 1));
      const drafts = translate(left);
      expect(problemsOf(drafts, left)).toEqual([]);
      expect(couldPass(drafts)).toBe(false);
    }),
    OPTIONS,
  );
});

test("lines in any order, repeated or missing, never throw and never break a draft", () => {
  fc.assert(
    fc.property(scenario, fc.array(fc.nat(), { maxLength: 60 }), (session, picks) => {
      const lines = linesOf(session);
      const mixed = joined(picks.map((pick) => lines[pick % lines.length] ?? ""));
      expect(problemsOf(translate(mixed), mixed)).toEqual([]);
    }),
    OPTIONS,
  );
});

test("flipped bytes never throw and never break a draft", () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(scenario, flips, (session, list) => {
      const flipped = Uint8Array.from(session);
      for (const [at, mask] of list)
        flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ mask;
      expect(problemsOf(translate(flipped), flipped)).toEqual([]);
    }),
    OPTIONS,
  );
});

test("fields of any JSON type, in any known record, never throw and never break a draft", () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: "binary" }),
    fc.constant(`\ud800${"é😀".repeat(5000)}`),
    fc.constant("constructor"),
  );
  fc.assert(
    fc.property(
      scenario,
      fc.array(fc.tuple(fc.nat(), fc.nat(), value), { maxLength: 12 }),
      (session, list) => {
        const lines = linesOf(session);
        for (const [pick, at, replacement] of list) {
          const index = pick % lines.length;
          let count = 0;
          const total = (lines[index] ?? "").split('":').length - 1;
          lines[index] = JSON.stringify(JSON.parse(lines[index] ?? "{}"), (key, old: unknown) =>
            key !== "" && (count += 1) === (at % total) + 1 ? replacement : old,
          );
        }
        const changed = joined(lines);
        expect(problemsOf(translate(changed), changed)).toEqual([]);
      },
    ),
    OPTIONS,
  );
});

test("bytes of any kind never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (session) => {
      expect(problemsOf(translate(session), session)).toEqual([]);
    }),
  );
});

test("a stream it does not know is passed over", () => {
  const reader = translator({ workspace: "/trial/target/repo" });
  expect(reader.push("claimed-task", new TextEncoder().encode("{}\n"))).toEqual([]);
  expect(reader.end(END)).toHaveLength(1);
});
