import type { EventDraft, Lane } from "@stage6/lane-contract";
import type { LaneSample } from "./lane-sample.ts";

/** Drafts of a sample whose streams are handed over in chunks of `size` bytes. */
export function translateSample(lane: Lane, sample: LaneSample, size = Infinity): readonly EventDraft[] {
  const translator = lane.translator({ workspace: sample.workspace });
  const drafts: EventDraft[] = [];
  for (const [stream, bytes] of Object.entries(sample.streams))
    for (let at = 0; at < bytes.length; at += size)
      drafts.push(...translator.push(stream, bytes.subarray(at, at + size)));
  return [...drafts, ...translator.end(sample.end)];
}

/** A sample without a byte, of a process that ended well. */
export const SILENCE: LaneSample = {
  name: "silence",
  workspace: "/trial/target/repo",
  streams: {},
  end: { exitCode: 0, signal: null, endedBy: "exit" },
};

/** Samples that no backend prints: each sample with its bytes damaged, and noise that holds every byte. */
export function damagedSamples(samples: readonly LaneSample[]): readonly LaneSample[] {
  const damaged = samples.flatMap(({ name, streams, ...rest }) =>
    [3, 7, 64].map((step) => ({
      ...rest,
      name: `${name}, each ${step}th byte changed`,
      streams: Object.fromEntries(
        Object.entries(streams).map(([stream, bytes]) => [
          stream,
          bytes.map((byte, at) => (at % step === step - 1 ? (byte * 31 + at) & 0xff : byte)),
        ]),
      ),
    })),
  );
  const noise = Uint8Array.from({ length: 2048 }, (_, at) => (at * 167 + (at >> 8) * 13) & 0xff);
  return [
    ...damaged,
    { ...SILENCE, name: "noise", streams: { stdout: noise, stderr: noise, session: noise } },
  ];
}
