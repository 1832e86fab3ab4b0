import { EVENT_DATA } from "@stage6/evidence-interface";
import type { EventDraft } from "@stage6/lane-contract";
import { Value } from "typebox/value";
import type { LaneRule } from "../lane-rule.ts";
import type { LaneSample } from "../lane-sample.ts";
import { damagedSamples, SILENCE, translateSample } from "../run-translator.ts";
import { withFault } from "../with-translator.ts";

/** Every sample as it is and damaged, and none at all: what any translator has to survive. */
const everything = (samples: readonly LaneSample[]): readonly LaneSample[] => [
  ...samples,
  ...damagedSamples(samples),
  SILENCE,
];

const NOWHERE = { stream: "stdout", offset: 0, length: 0 } as const;
const said = (text: string): EventDraft => ({
  type: "agent.messaged",
  raw: NOWHERE,
  data: { kind: "answer", text, truncated: false },
});

const total: LaneRule = {
  id: "translate-total",
  statement: "no bytes make it throw",
  check: (lane, samples) =>
    everything(samples).flatMap((sample) => {
      try {
        translateSample(lane, sample);
        return [];
      } catch (error) {
        return [`${sample.name}: ${error instanceof Error ? error.message : "threw"}`];
      }
    }),
  broken: (lane) =>
    withFault(lane, {
      push: (drafts, chunk) => {
        if (chunk.includes(0xff)) throw new Error("no text");
        return drafts;
      },
    }),
};

const valid: LaneRule = {
  id: "translate-valid",
  statement: "every draft fits the schema of its event",
  check: (lane, samples) =>
    everything(samples).flatMap((sample) =>
      translateSample(lane, sample).flatMap(({ type, raw, data }) => {
        const event = { ...data, raw: { artifact: "raw", offset: raw.offset, length: raw.length } };
        return Value.Check(EVENT_DATA[type], event) ? [] : [`${sample.name}: a ${type} does not fit`];
      }),
    ),
  broken: (lane) => withFault(lane, { end: (drafts) => [said("x".repeat(5000)), ...drafts] }),
};

const places: LaneRule = {
  id: "translate-places",
  statement: "every draft points to bytes that were there",
  check: (lane, samples) =>
    everything(samples).flatMap((sample) =>
      translateSample(lane, sample).flatMap(({ type, raw }) => {
        const length = sample.streams[raw.stream]?.length ?? 0;
        return raw.offset + raw.length <= length
          ? []
          : [`${sample.name}: a ${type} points past ${raw.stream}`];
      }),
    ),
  broken: (lane) =>
    withFault(lane, { end: (drafts) => [{ ...said("x"), raw: { ...NOWHERE, length: 1e9 } }, ...drafts] }),
};

function pairing(drafts: readonly EventDraft[]): readonly string[] {
  const open = new Set<string>();
  const used = new Set<string>();
  const found: string[] = [];
  for (const { type, data } of drafts) {
    if (type === "tool.started") {
      if (used.has(data.callId)) found.push(`call ${data.callId} begins twice`);
      used.add(data.callId);
      open.add(data.callId);
    }
    if (type === "tool.ended" && !open.delete(data.callId)) found.push(`call ${data.callId} was not open`);
  }
  return [...found, ...[...open].map((id) => `call ${id} is left open`)];
}

const calls: LaneRule = {
  id: "translate-calls",
  statement: "every tool call begins once and ends once, as unclosed if the backend never said",
  check: (lane, samples) =>
    everything(samples).flatMap((sample) =>
      pairing(translateSample(lane, sample)).map((found) => `${sample.name}: ${found}`),
    ),
  broken: (lane) =>
    withFault(lane, {
      end: (drafts) => [
        { type: "tool.started", raw: NOWHERE, data: { callId: "never-ended", tool: "", input: "" } },
        ...drafts,
      ],
    }),
};

const oneEnd: LaneRule = {
  id: "translate-end",
  statement: "exactly one agent.ended is drafted whatever happened, and it is the last",
  check: (lane, samples) =>
    everything(samples).flatMap((sample) => {
      const types = translateSample(lane, sample).map(({ type }) => type);
      const ends = types.filter((type) => type === "agent.ended").length;
      if (ends !== 1) return [`${sample.name}: ${ends} agent.ended`];
      return types.at(-1) === "agent.ended" ? [] : [`${sample.name}: ${types.at(-1) ?? "nothing"} is last`];
    }),
  broken: (lane) => withFault(lane, { end: (drafts) => [...drafts, ...drafts.slice(-1)] }),
};

const silence: LaneRule = {
  id: "translate-silence",
  statement: "a backend that printed nothing claimed nothing, whatever its exit code",
  check: (lane) =>
    translateSample(lane, SILENCE).flatMap((draft) =>
      draft.type === "agent.ended" && draft.data.outcome !== "unknown"
        ? [`silence is taken for ${draft.data.outcome}`]
        : [],
    ),
  broken: (lane) =>
    withFault(lane, {
      end: (drafts) => [
        ...drafts.slice(0, -1),
        { type: "agent.ended", raw: NOWHERE, data: { outcome: "completed", message: null } },
      ],
    }),
};

const cuts: LaneRule = {
  id: "translate-cuts",
  statement: "the drafts do not depend on how a stream was cut into chunks",
  check: (lane, samples) =>
    samples.flatMap((sample) => {
      const whole = JSON.stringify(translateSample(lane, sample));
      return [1, 7, 1000].flatMap((size) =>
        JSON.stringify(translateSample(lane, sample, size)) === whole
          ? []
          : [`${sample.name}: other drafts in chunks of ${size} bytes`],
      );
    }),
  broken: (lane) => withFault(lane, { push: (drafts) => [...drafts, said("a chunk")] }),
};

const gaps: LaneRule = {
  id: "translate-gaps",
  statement: "a line of stdout that cannot be read is a draft, never a gap",
  check: (lane) => {
    const streams = { stdout: Uint8Array.of(0xff, 0xfe, 0x0a) };
    const drafts = translateSample(lane, { ...SILENCE, name: "no text", streams });
    return drafts.some(({ type }) => type === "line.unread") ? [] : ["bytes that are no text left no draft"];
  },
  broken: (lane) =>
    withFault(lane, { push: (drafts) => drafts.filter(({ type }) => type !== "line.unread") }),
};

/** Rules about translation. */
export const TRANSLATION_RULES: readonly LaneRule[] = [
  total,
  valid,
  places,
  calls,
  oneEnd,
  silence,
  cuts,
  gaps,
];
