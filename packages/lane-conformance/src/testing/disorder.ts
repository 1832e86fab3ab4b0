import type { LaneSample } from "../lane-sample.ts";

/** One thing done to a stream; `from` and `to` are taken modulo what there is. `lines` is how many are moved or doubled. */
export interface Disorder {
  /** `cut` keeps the bytes before `from`; the others are about lines. */
  readonly does: "cut" | "move" | "swap" | "double" | "reverse";
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Lines of a stream with their line breaks; the last may be without. */
export function linesOf(bytes: Uint8Array): string[] {
  return decoder.decode(bytes).split(/(?<=\n)/);
}

function changed(bytes: Uint8Array, { does, from, to, lines: size }: Disorder): Uint8Array {
  if (does === "cut") return bytes.subarray(0, from % (bytes.length + 1));
  const lines = linesOf(bytes);
  const [one, other] = [from % lines.length, to % lines.length];
  const [a = "", b = ""] = [lines[one], lines[other]];
  switch (does) {
    case "move":
      lines.splice(other, 0, ...lines.splice(one, size));
      break;
    case "swap":
      lines[one] = b;
      lines[other] = a;
      break;
    case "double":
      lines.splice(other, 0, ...lines.slice(one, one + size));
      break;
    case "reverse": {
      const [low, high] = [Math.min(one, other), Math.max(one, other) + 1];
      lines.splice(low, high - low, ...lines.slice(low, high).toReversed());
    }
  }
  return encoder.encode(lines.join(""));
}

/** The sample with its streams cut and then reordered: a cut after it would take single lines out of the middle. */
export function disordered(sample: LaneSample, changes: readonly Disorder[]): LaneSample {
  const streams: Record<string, Uint8Array> = { ...sample.streams };
  const isCut = ({ does }: Disorder): boolean => does === "cut";
  for (const change of [...changes.filter(isCut), ...changes.filter((one) => !isCut(one))]) {
    const bytes = streams[change.stream];
    if (bytes !== undefined) streams[change.stream] = changed(bytes, change);
  }
  return { ...sample, streams };
}
