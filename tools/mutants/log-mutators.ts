import type { FindingCode } from "@stage6/evidence-interface";
import { logLines, rechain } from "../golden/rechain.ts";
import { sealed, type BundleMutator, type FoundRule } from "./bundle-mutator.ts";
import type { Random } from "./random.ts";
import { replaceOnce } from "./replace-once.ts";

type Lines = readonly string[];
const EVENTS: readonly FindingCode[] = ["EVENTS_INVALID"];
/** A line that is no event leaves a gap; without its first line a log has no identity and its report cannot be derived. */
const UNREAD: readonly FoundRule[] = ["EVENTS_INVALID", "SCHEMA_INVALID"];
/** A log without its start or end gives a report without the times of both. */
const NO_REPORT: FoundRule = "SCHEMA_INVALID/schema";
const BYTES: readonly FindingCode[] = ["BYTES_NOT_CANONICAL"];

/** Edits the lines of the log; checkpoints, report, manifest and signature are made right for the edited log. */
function lines(
  name: string,
  codes: readonly FindingCode[],
  change: (all: Lines, random: Random) => Lines | null,
  follows: readonly FoundRule[] = codes === EVENTS ? [] : UNREAD,
): BundleMutator {
  return {
    name,
    make: (original, random) => {
      let applies = true;
      const mutant = sealed(original, codes, {
        log: (log) => {
          const edited = change(logLines(log), random);
          applies = edited !== null;
          return edited === null ? log : rechain(edited);
        },
      });
      return applies ? { ...mutant, follows } : null;
    },
  };
}

/** Edits one line that holds `mark`. */
function line(
  name: string,
  codes: readonly FindingCode[],
  mark: string,
  change: (text: string, random: Random) => string,
  follows?: readonly FoundRule[],
): BundleMutator {
  const edit = (all: Lines, random: Random): Lines | null => {
    const hits = [...all.keys()].filter((at) => all[at]?.includes(mark));
    if (hits.length === 0) return null;
    const at = random.pick(hits);
    return all.map((one, index) => (index === at ? change(one, random) : one));
  };
  return lines(name, codes, edit, follows);
}

/** Drops a line and renumbers what follows, so that only what the line stood for is missing. */
function gone(name: string, type: string, follows?: readonly FoundRule[]): BundleMutator {
  const edit = (all: Lines, random: Random): Lines | null => {
    const hits = [...all.keys()].filter((at) => all[at]?.includes(`"type":"${type}"`));
    return hits.length === 0 ? null : renumber(all.toSpliced(random.pick(hits), 1));
  };
  return lines(name, EVENTS, edit, follows);
}

function renumber(all: Lines): Lines {
  return all.map((one, seq) =>
    one
      .replace(/"seq":\d+/, `"seq":${seq}`)
      .replace(/("type":"(?:checkpoint|run\.ended)","data":\{"events":)\d+/, `$1${seq}`),
  );
}

const ANY = '"seq":';
const hex = (random: Random): string => random.bytes(32).toString("hex");

/** Faults in the event log, sealed by the runner's key. */
export const LOG_MUTATORS: readonly BundleMutator[] = [
  lines("line-dropped", EVENTS, (all, random) => all.toSpliced(random.below(all.length), 1)),
  lines("line-doubled", EVENTS, (all, random) => {
    const at = random.below(all.length);
    return all.toSpliced(at, 0, all[at] ?? "");
  }),
  lines(
    "lines-swapped",
    EVENTS,
    (all, random) => {
      const at = 1 + random.below(all.length - 1);
      return [...all.slice(0, at - 1), ...all.slice(at - 1, at + 1).toReversed(), ...all.slice(at + 1)];
    },
    ["EVENTS_INVALID/mono"],
  ),
  gone("process-end-gone", "process.ended"),
  gone("tool-end-gone", "tool.ended"),
  gone("answer-gone", "model.answered"),
  gone("oracle-gone", "oracle.ended"),
  gone("snapshot-gone", "snapshot.taken"),
  gone("start-gone", "run.started", [NO_REPORT]),
  gone("end-gone", "run.ended", [NO_REPORT]),
  gone("checkpoint-gone", "checkpoint"),
  lines("event-after-end", EVENTS, (all, random) => renumber([...all, random.pick(all.slice(1, -2))]), [
    "EVENTS_INVALID/mono",
    "EVENTS_INVALID/checkpoint",
  ]),
  line("seq-edited", EVENTS, ANY, (one, random) =>
    one.replace(/"seq":\d+/, `"seq":${1000 + random.below(1000)}`),
  ),
  line("clock-back", EVENTS, '"type":"process.ended"', (one) => one.replace(/"mono":\d+/, '"mono":0')),
  line(
    "clock-leap",
    EVENTS,
    '"type":"snapshot.taken"',
    (one, random) => one.replace(/"mono":\d+/, `"mono":${2_000_000 + random.below(1e9)}`),
    ["EVENTS_INVALID/mono"],
  ),
  line("date-that-never-was", EVENTS, ANY, (one, random) =>
    one.replace(
      "2026-01-01T",
      random.pick(["2026-02-30T", "2026-13-01T", "2025-02-29T", "2026-00-10T", "2026-04-31T"]),
    ),
  ),
  line("end-count", EVENTS, '"type":"run.ended"', (one, random) =>
    one.replace(/"events":\d+/, `"events":${1000 + random.below(1000)}`),
  ),
  line(
    "call-id",
    EVENTS,
    '"type":"tool.started"',
    (one, random) => one.replace(/"callId":"c\d+"/, `"callId":"c${100 + random.below(900)}"`),
    ["EVENTS_INVALID/unpaired"],
  ),
  line(
    "request-number",
    EVENTS,
    '"type":"model.requested"',
    (one, random) => one.replace(/"request":\d+/, `"request":${100 + random.below(900)}`),
    ["EVENTS_INVALID/unpaired"],
  ),
  line("usage-that-is-no-count", ["SCHEMA_INVALID"], '"type":"model.answered"', (one, random) =>
    one.replace(
      /("bytes":\d+)(?:,"usage":\{[^}]*\})?/,
      `$1,"usage":{"inputTokens":${random.pick(["-1", "0.5", '"1"', "null"])},"cachedInputTokens":0,"outputTokens":1}`,
    ),
  ),
  line("raw-out-of-range", EVENTS, '"raw":', (one, random) =>
    one.replace(/"length":\d+/, `"length":${100_000 + random.below(1e6)}`),
  ),
  line("raw-of-no-artifact", EVENTS, '"raw":', (one, random) =>
    one.replace(/"artifact":"[^"]*"/, `"artifact":"artifacts/x${random.below(1e6)}.raw"`),
  ),
  line("snapshot-digest", EVENTS, '"type":"snapshot.taken"', (one, random) =>
    one.replace(/sha256:[0-9a-f]{64}/, `sha256:${hex(random)}`),
  ),
  line("bounds-tier-of-the-log", ["OBSERVATION_DIVERGED"], '"boundsTier"', (one) =>
    one.replace('"boundsTier":"default"', '"boundsTier":"strict"'),
  ),
  line("source-forged", ["SCHEMA_INVALID"], '"src":"lane"', (one, random) =>
    one.replace('"src":"lane"', `"src":"${random.pick(["harness", "provider", "fs", "oracle"])}"`),
  ),
  line("unknown-type", ["SCHEMA_INVALID"], ANY, (one, random) =>
    replaceOnce(one, /"type":"[a-z.]+"/, `"type":"x${random.below(1e6)}.done"`),
  ),
  line("unknown-event-key", ["SCHEMA_INVALID"], ANY, (one, random) =>
    one.replace('"data":{', `"data":{"x${random.below(1e6)}":0,`),
  ),
  line("later-event-version", ["SCHEMA_VERSION"], '"type":"run.started"', (one, random) =>
    one.replace('"schemaVersion":"1.0"', `"schemaVersion":"${2 + random.below(90)}.0"`),
  ),
  line("event-duplicate-key", BYTES, ANY, (one) => one.replace(/("seq":\d+)/, "$1,$1")),
  line("event-proto-key", BYTES, ANY, (one) => one.replace("{", '{"__proto__":null,')),
  line("event-index-key", BYTES, ANY, (one) => one.replace('"data":{', '"data":{"z":0,"1":0,')),
  line("event-minus-zero", BYTES, ANY, (one) => one.replace(/"mono":\d+/, '"mono":-0')),
  line("event-carriage-return", BYTES, ANY, (one) => `${one}\r`),
  line("event-escape", BYTES, ANY, (one) => one.replace('"ts":"2', '"ts":"\\u0032')),
  line("event-lone-surrogate", BYTES, '"type":"agent.messaged"', (one) =>
    one.replace('"text":"', '"text":"\\udfff'),
  ),
  line("event-byte-order-mark", BYTES, ANY, (one) => `\ufeff${one}`),
  line("event-cut", BYTES, ANY, (one, random) => one.slice(0, random.below(one.length))),
  lines("empty-line", BYTES, (all, random) => all.toSpliced(random.below(all.length), 0, "")),
  line("huge-line", ["INPUT_TOO_LARGE"], '"type":"workspace.prepared"', (one) =>
    one.replace('"data":{', `"data":{"x":"${"x".repeat(1_048_576)}",`),
  ),
  {
    name: "log-without-final-newline",
    make: (original) => ({
      ...sealed(original, EVENTS, { log: (log) => log.subarray(0, -1) }),
      follows: ["EVENTS_INVALID/end", NO_REPORT],
    }),
  },
  {
    name: "checkpoints-not-recomputed",
    make: (original, random) =>
      sealed(original, EVENTS, {
        log: (log) => {
          const all = logLines(log);
          const at = random.below(all.length - 2);
          return Buffer.from(
            `${all.map((one, index) => (index === at ? one.replace(/\.\d{3}Z/, ".999Z") : one)).join("\n")}\n`,
          );
        },
      }),
  },
  {
    name: "checkpoint-edited",
    make: (original, random) =>
      sealed(original, EVENTS, {
        log: (log) => {
          const text = log.toString("utf8");
          const [from, to] = random.pick([
            [/("type":"checkpoint","data":\{"events":)\d+/, "$1999"],
            [/("type":"checkpoint","data":\{"events":\d+,"bytes":)\d+/, "$1999"],
            [/("type":"checkpoint".*sha256:)[0-9a-f]{64}/, `$1${hex(random)}`],
          ] as const);
          return Buffer.from(replaceOnce(text, from, to));
        },
      }),
  },
];
