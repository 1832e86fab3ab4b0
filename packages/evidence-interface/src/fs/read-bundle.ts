import { join } from "node:path";
import { BUNDLE_FILES, SELF_TEST_FILE } from "../bundle-files.ts";
import { checkBundle, type CheckedBundle } from "../check-bundle.ts";
import type { TrustedKeys } from "../dsse.ts";
import { EventLogChecker, type EventLogSummary } from "../event-log-checker.ts";
import type { Finding } from "../finding.ts";
import type { Sha256, TrialRef } from "../primitives.ts";
import { emptyFacts, foldEvent } from "../report-fold.ts";
import { WITHHELD_FILE } from "../withheld.ts";
import { MAX_DOCUMENT_BYTES } from "../strict-json.ts";
import { readChunks, readHashed } from "./hash-file.ts";
import { errorCode, listFiles } from "./list-files.ts";

const DOCUMENTS: readonly string[] = [
  BUNDLE_FILES.report,
  BUNDLE_FILES.manifest,
  BUNDLE_FILES.envelope,
  BUNDLE_FILES.observation,
  SELF_TEST_FILE,
  WITHHELD_FILE,
];
/** Segments of a withheld log; their number and size are bounded like everything that is held. */
const SEGMENT_FILE = /^segments\/[0-9]{8}\.jsonl$/;
const NO_BYTES = new Uint8Array();
/** Most bytes of one file, and of all files of a bundle together; a backend's output alone may have 4 GiB of each stream. */
const MAX_FILE_BYTES = 4_294_967_296;
const MAX_BUNDLE_BYTES = 3 * MAX_FILE_BYTES;
const MAX_HELD_SEGMENTS = 256 * 1024 * 1024;

/** How a bundle is read. */
export interface ReadBundleOptions {
  readonly trusted: TrustedKeys;
  /** The trial this folder stands for; null accepts any. */
  readonly expected?: TrialRef | null;
  /** Told of every byte that is checked, in order: once without any bytes when a file begins, then chunk by chunk. */
  readonly onBytes?: (path: string, chunk: Uint8Array) => void;
}

/**
 * Reads and checks a bundle's folder: every file once, in chunks, nothing followed and nothing written. Bad input is
 * findings; only a programming error throws.
 */
export async function readBundle(folder: string, options: ReadBundleOptions): Promise<CheckedBundle> {
  const listing = await listFiles(folder);
  const findings: Finding[] = [...listing.findings];
  const files = new Map<string, { size: number; sha256: Sha256 }>();
  const documents = new Map<string, Uint8Array>();
  const facts = emptyFacts();
  let events: EventLogSummary | null = null;
  let heldSegments = 0;
  let left = MAX_BUNDLE_BYTES;
  for (const path of listing.files) {
    const segment = SEGMENT_FILE.test(path) && heldSegments < MAX_HELD_SEGMENTS;
    const seen = (chunk: Uint8Array): void => options.onBytes?.(path, chunk);
    seen(NO_BYTES);
    const held = segment || DOCUMENTS.includes(path) ? new Held() : null;
    try {
      if (path === BUNDLE_FILES.events) {
        const checker = new EventLogChecker(path, (event) => foldEvent(facts, event));
        await readChunks(
          join(folder, path),
          (chunk) => {
            seen(chunk);
            checker.push(chunk);
          },
          Math.min(MAX_FILE_BYTES, left),
        );
        events = checker.end();
        files.set(path, { size: events.bytes, sha256: events.sha256 });
        left -= events.bytes;
      } else {
        const hashed = await readHashed(
          join(folder, path),
          (chunk) => {
            seen(chunk);
            held?.add(chunk);
          },
          Math.min(MAX_FILE_BYTES, left),
        );
        files.set(path, hashed);
        left -= hashed.size;
      }
    } catch (error) {
      findings.push(unread(path, error));
      continue;
    }
    const bytes = held?.bytes();
    if (segment) heldSegments += bytes?.length ?? 0;
    if (bytes === null)
      findings.push({
        code: "INPUT_TOO_LARGE",
        rule: "document",
        file: path,
        expected: `at most ${MAX_DOCUMENT_BYTES} bytes`,
      });
    else if (bytes !== undefined) documents.set(path, bytes);
  }
  return checkBundle({
    files,
    findings,
    documents,
    events,
    facts,
    trusted: options.trusted,
    expected: options.expected ?? null,
  });
}

function unread(file: string, error: unknown): Finding {
  const found = errorCode(error);
  return found === "EFBIG"
    ? {
        code: "INPUT_TOO_LARGE",
        rule: "file",
        file,
        expected: `at most ${MAX_FILE_BYTES} bytes, and ${MAX_BUNDLE_BYTES} of all files`,
      }
    : { code: "UNREADABLE", rule: "file", file, found };
}

/** Chunks of one document, given up once they exceed the bound. */
class Held {
  #parts: Buffer[] = [];
  #size = 0;

  add(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MAX_DOCUMENT_BYTES) this.#parts = [];
    else this.#parts.push(Buffer.from(chunk));
  }

  bytes(): Buffer | null {
    return this.#size > MAX_DOCUMENT_BYTES ? null : Buffer.concat(this.#parts);
  }
}
