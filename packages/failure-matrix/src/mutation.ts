import { BundlePath } from "@stage6/evidence-interface";
import Type, { type Static, type TProperties } from "typebox";
import { FailureMatrixError } from "./failure-matrix-error.ts";

const closed = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });
const Text = Type.String({ maxLength: 1024 });
const Mark = Type.String({
  minLength: 1,
  maxLength: 256,
  description: "Text that the line holds; the first such line is meant.",
});

/** One edit of a finished bundle. */
export const Mutation = Type.Union(
  [
    closed(
      { op: Type.Literal("cut"), file: BundlePath, bytes: Type.Integer({ minimum: 1, maximum: 1_000_000 }) },
      "The file loses its last bytes.",
    ),
    closed(
      { op: Type.Literal("flip-bit"), file: BundlePath },
      "The lowest bit of the byte in the middle is flipped.",
    ),
    closed({ op: Type.Literal("remove"), file: BundlePath }, "The file is gone."),
    closed({ op: Type.Literal("add"), file: BundlePath, text: Text }, "A file is added."),
    closed(
      { op: Type.Literal("replace"), file: BundlePath, from: Text, to: Text },
      "The first occurrence of a text is replaced.",
    ),
    closed(
      { op: Type.Literal("swap-lines"), file: BundlePath, mark: Mark },
      "A line changes places with the next.",
    ),
    closed({ op: Type.Literal("repeat-line"), file: BundlePath, mark: Mark }, "A line stands twice."),
    closed({ op: Type.Literal("drop-line"), file: BundlePath, mark: Mark }, "A line is gone."),
    closed(
      { op: Type.Literal("append-line"), file: BundlePath, mark: Mark },
      "A copy of a line follows the last one.",
    ),
    closed(
      {
        op: Type.Literal("zero"),
        file: BundlePath,
        mark: Mark,
        key: Type.String({ pattern: "^[a-zA-Z]{1,32}$" }),
      },
      "In a line, the number under the key becomes 0.",
    ),
    closed({ op: Type.Literal("prefix"), file: BundlePath, base64: Text }, "Bytes are put in front."),
  ],
  { description: "One edit of a finished bundle." },
);
export type Mutation = Static<typeof Mutation>;

/** Files of a bundle by path. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

function editLines(
  bytes: Uint8Array,
  mark: string,
  edit: (lines: string[], at: number) => string[],
): Uint8Array {
  // latin1 keeps every byte as it is.
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  const at = lines.findIndex((line) => line.includes(mark));
  if (at < 0) return bytes;
  return Buffer.from(edit(lines, at).join("\n"), "latin1");
}

function editBytes(bytes: Uint8Array, mutation: Exclude<Mutation, { op: "add" | "remove" }>): Uint8Array {
  switch (mutation.op) {
    case "cut":
      return bytes.subarray(0, Math.max(0, bytes.length - mutation.bytes));
    case "flip-bit": {
      const copy = Buffer.from(bytes);
      const at = Math.floor(copy.length / 2);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    }
    case "replace": {
      const text = Buffer.from(bytes).toString("latin1");
      const at = text.indexOf(mutation.from);
      if (at < 0) return bytes;
      return Buffer.from(text.slice(0, at) + mutation.to + text.slice(at + mutation.from.length), "latin1");
    }
    case "swap-lines":
      return editLines(bytes, mutation.mark, (lines, at) =>
        lines.toSpliced(at, 2, ...lines.slice(at, at + 2).toReversed()),
      );
    case "repeat-line":
      return editLines(bytes, mutation.mark, (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ""));
    case "drop-line":
      return editLines(bytes, mutation.mark, (lines, at) => lines.toSpliced(at, 1));
    case "append-line":
      return editLines(bytes, mutation.mark, (lines, at) => lines.toSpliced(-1, 0, lines[at] ?? ""));
    case "zero":
      return editLines(bytes, mutation.mark, (lines, at) =>
        lines.with(
          at,
          (lines[at] ?? "").replace(new RegExp(`"${mutation.key}":[0-9]+`), `"${mutation.key}":0`),
        ),
      );
    case "prefix":
      return Buffer.concat([Buffer.from(mutation.base64, "base64"), bytes]);
  }
}

/** The bundle with the edits made, in order; throws MUTATION_IDLE for one that changes nothing, so that no sound bundle passes for a spoiled one. */
export function mutate(files: BundleFiles, mutations: readonly Mutation[]): BundleFiles {
  const changed = new Map(files);
  for (const mutation of mutations) {
    const before = changed.get(mutation.file);
    const idle = (): never => {
      throw new FailureMatrixError("MUTATION_IDLE", `${mutation.op} of ${mutation.file} changes nothing`);
    };
    if (mutation.op === "add") {
      if (before !== undefined) return idle();
      changed.set(mutation.file, Buffer.from(mutation.text));
    } else if (before === undefined) return idle();
    else if (mutation.op === "remove") changed.delete(mutation.file);
    else {
      const after = editBytes(before, mutation);
      if (Buffer.compare(before, after) === 0) return idle();
      changed.set(mutation.file, after);
    }
  }
  return changed;
}
