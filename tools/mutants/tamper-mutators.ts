import type { FindingCode } from "@stage6/evidence-interface";
import type { BundleMutator, Files, Original } from "./bundle-mutator.ts";
import type { Random } from "./random.ts";

const ENVELOPE = "bundle.dsse.json";

/** What a byte changed after sealing must show as. */
function tampered(path: string): readonly FindingCode[] {
  return path === ENVELOPE
    ? ["BYTES_NOT_CANONICAL", "SCHEMA_INVALID", "SIGNATURE_INVALID", "SIGNER_UNKNOWN"]
    : ["DIGEST_MISMATCH"];
}

/** A mutator that edits the bytes of one file after sealing. */
function edit(name: string, change: (bytes: Buffer, random: Random) => Buffer): BundleMutator {
  return {
    name,
    make: ({ files }, random) => {
      const [path, bytes] = random.pick([...files].filter(([, all]) => all.length > 0));
      return {
        files: new Map([...files, [path, change(Buffer.from(bytes), random)]]),
        codes: tampered(path),
      };
    },
  };
}

const joined = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

function without({ files }: Original, path: string): Files {
  return new Map([...files].filter(([name]) => name !== path));
}

/** Faults put into a sealed bundle by someone without any key. */
export const TAMPER_MUTATORS: readonly BundleMutator[] = [
  edit("bit-flip", (bytes, random) => {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  }),
  edit("cut", (bytes, random) => bytes.subarray(0, random.below(bytes.length))),
  edit("cut-head", (bytes, random) => bytes.subarray(1 + random.below(bytes.length))),
  edit("bytes-deleted", (bytes, random) => {
    const at = random.below(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8)));
  }),
  edit("bytes-inserted", (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return joined(bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at));
  }),
  edit("bytes-overwritten", (bytes, random) => {
    const at = random.below(bytes.length);
    random.bytes(Math.min(8, bytes.length - at)).copy(bytes, at);
    return bytes;
  }),
  edit("content-doubled", (bytes) => joined(bytes, bytes)),
  edit("file-emptied", () => Buffer.of()),
  edit("newline-appended", (bytes) => joined(bytes, Buffer.from("\n"))),
  edit("byte-order-mark-prefixed", (bytes) => joined(Buffer.of(0xef, 0xbb, 0xbf), bytes)),
  edit("crlf-appended", (bytes) => joined(bytes, Buffer.from("\r\n"))),
  {
    name: "file-dropped",
    make: (original, random) => {
      const path = random.pick([...original.files.keys()]);
      return { files: without(original, path), codes: ["ARTIFACT_MISSING"] };
    },
  },
  {
    name: "file-added",
    make: ({ files }, random) => {
      const path = `${random.pick(["", "artifacts/", "artifacts/deep/er/"])}x${random.below(1e6)}.txt`;
      return {
        files: new Map([...files, [path, random.bytes(random.below(20))]]),
        codes: ["ARTIFACT_EXTRA"],
      };
    },
  },
  {
    name: "file-renamed",
    make: (original, random) => {
      const [path, bytes] = random.pick([...original.files]);
      const files = new Map([...without(original, path), [`${path}.bak`, bytes]]);
      return { files, codes: ["ARTIFACT_MISSING"], follows: ["ARTIFACT_EXTRA"] };
    },
  },
  {
    name: "files-swapped",
    make: ({ files }, random) => {
      const listed = [...files].filter(([path]) => path !== ENVELOPE);
      const [a, first] = random.pick(listed);
      const [b, second] = random.pick(listed);
      return { files: new Map([...files, [a, second], [b, first]]), codes: ["DIGEST_MISMATCH"] };
    },
  },
];
