import { readFileSync } from "node:fs";
import { deriveReport, emptyFacts, foldEvent, type Event } from "@stage6/evidence-interface";
import { readSampleLog, sampleEventLog, sampleObservation } from "@stage6/evidence-interface/testing";
import type { EventDraft } from "@stage6/lane-contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { translator } from "./translate.ts";
import { TESTED_VERSIONS } from "./versions.ts";

const NAMES = ["stdout", "stderr", "session"] as const;
type Streams = Readonly<Record<(typeof NAMES)[number], Uint8Array>>;

const NO_DIGEST = `sha256:${"0".repeat(64)}` as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const read = (path: string) => readFileSync(new URL(`../fixtures/${path}`, import.meta.url));
const success = (version: string): Streams => ({
  stdout: read(`${version}/success/stdout.jsonl`),
  stderr: read(`${version}/success/stderr.txt`),
  session: read(`${version}/success/session.jsonl`),
});

function translate(streams: Streams): readonly EventDraft[] {
  const reader = translator({ workspace: "/trial/ws" });
  const drafts = NAMES.flatMap((name) => reader.push(name, streams[name]));
  return [...drafts, ...reader.end({ exitCode: 0, signal: null, endedBy: "exit" })];
}

/** What a stream says, in any order and without where its bytes lie: two records that do not depend on each other may change places. */
const said = (drafts: readonly EventDraft[]): string =>
  JSON.stringify(drafts.map(({ type, data }) => JSON.stringify([type, data])).toSorted());

/** Harness events of a trial in which everything else is well: exit 0, clean workspace, oracle passed. */
const harness = readSampleLog(sampleEventLog()).filter(({ src }) => src !== "lane");

/** Outcome of such a trial with these drafts as its lane events. */
function outcomeOf(drafts: readonly EventDraft[]): string {
  const facts = emptyFacts();
  for (const event of harness) foldEvent(facts, event);
  for (const { type, data } of drafts) {
    const raw = { artifact: "artifacts/stdout.raw", offset: 0, length: 0 };
    foldEvent(facts, { seq: 0, ts: "", mono: 0, src: "lane", type, data: { ...data, raw } } as Event);
  }
  const events = { count: 0, bytes: 0, sha256: NO_DIGEST };
  const report = deriveReport({
    facts,
    events,
    observation: sampleObservation(),
    observationSha256: NO_DIGEST,
  });
  return report === null ? "no report" : `${report.outcome} ${report.closure.class}`;
}

test.each(TESTED_VERSIONS)("the whole stream of %s passes, so that the next tests can fail", (version) => {
  expect(outcomeOf(translate(success(version)))).toBe("completed NONE");
});

const OPTIONS = { numRuns: 400 };
const version = fc.constantFrom(...TESTED_VERSIONS);

test("a stream that is cut anywhere before its last record never passes", () => {
  fc.assert(
    fc.property(version, fc.nat(), (name, cut) => {
      const streams = success(name);
      const text = decoder.decode(streams.stdout).trimEnd();
      const last = text.lastIndexOf("\n");
      const stdout = encoder.encode(text).subarray(0, cut % encoder.encode(text.slice(0, last)).length);
      expect(outcomeOf(translate({ ...streams, stdout }))).not.toBe("completed NONE");
    }),
    OPTIONS,
  );
});

test("a stream whose lines are moved or doubled says the very same things, or never passes", () => {
  let moved = 0;
  fc.assert(
    fc.property(
      version,
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 4 }),
      (name, moves) => {
        const streams = success(name);
        const lines = decoder.decode(streams.stdout).trimEnd().split("\n");
        const [first, last] = [lines[0], lines.at(-1)];
        for (const [from, to, twice] of moves) {
          const at = from % lines.length;
          const picked = twice ? lines.slice(at, at + 1) : lines.splice(at, 1);
          lines.splice(to % (lines.length + 1), 0, ...picked);
        }
        const drafts = translate({ ...streams, stdout: encoder.encode(`${lines.join("\n")}\n`) });
        const framed = lines[0] === first && lines.at(-1) === last;
        if (framed && said(drafts) === said(translate(streams))) return;
        moved += 1;
        expect(outcomeOf(drafts)).not.toBe("completed NONE");
      },
    ),
    OPTIONS,
  );
  expect(moved).toBeGreaterThan(OPTIONS.numRuns / 10);
});

test.each([
  ["the closing record before the last item", /"turn.completed"/, /"agent_message"/],
  ["an end before its start", /"item.completed".*"command_execution"/, /"item.started".*"command_execution"/],
  ["the first record after the second", /"item.completed"/, /"thread.started"/],
])("%s never passes, in any version", (_name, record, before) => {
  for (const name of TESTED_VERSIONS) {
    const streams = success(name);
    const lines = decoder.decode(streams.stdout).trimEnd().split("\n");
    const [moved = ""] = lines.splice(
      lines.findIndex((line) => record.test(line)),
      1,
    );
    lines.splice(
      lines.findIndex((line) => before.test(line)),
      0,
      moved,
    );
    const drafts = translate({ ...streams, stdout: encoder.encode(`${lines.join("\n")}\n`) });
    expect(outcomeOf(drafts)).not.toBe("completed NONE");
  }
});
