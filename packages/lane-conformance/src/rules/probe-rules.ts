import type { Lane, ProbeOutput } from "@stage6/lane-contract";
import type { LaneRule } from "../lane-rule.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const output = (stdout: string, exitCode: number | null, signal: string | null = null): ProbeOutput => ({
  exitCode,
  signal,
  stdout: bytes(stdout),
  stderr: new Uint8Array(),
});

const OUTPUTS: readonly (readonly [string, ProbeOutput])[] = [
  ["silence", output("", 0)],
  ["words without a version", output("hello\n", 0)],
  ["bytes that are no text", { ...output("", 0), stdout: Uint8Array.of(0xff, 0xfe, 0x00) }],
  ["a failure", output("", 1)],
  ["a killed process", output("", null, "SIGKILL")],
];

function blocks(lane: Lane, name: string, printed: ProbeOutput): readonly string[] {
  const read = lane.probe.read(printed);
  if (read.state === "available") return [`${name} is taken for version ${read.version}`];
  return read.detail === "" || read.remedy === "" ? [`${name} is blocked without detail or remedy`] : [];
}

const unreadable: LaneRule = {
  id: "probe-unreadable",
  statement: "a probe that says no version blocks the lane, with a detail and a remedy",
  check: (lane) => OUTPUTS.flatMap(([name, printed]) => blocks(lane, name, printed)),
  broken: (lane) => ({
    ...lane,
    probe: { ...lane.probe, read: () => ({ state: "available", version: "1.0.0", note: null }) },
  }),
};

/** Rules about reading a probe. */
export const PROBE_RULES: readonly LaneRule[] = [unreadable];
