import { isAscii, isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { EVENT_SCHEMAS, type Event, type EventType } from "./event.ts";
import { EventRules } from "./event-rules.ts";
import { escapeText, MAX_FINDINGS, type Finding } from "./finding.ts";
import { MerkleRoot, startLeaf } from "./merkle.ts";
import type { Sha256 } from "./primitives.ts";
import { checkpointDue, MAX_EVENT_BYTES } from "./segment.ts";
import { parseStrictEvent } from "./strict-event.ts";
import { fitsSchema, foreignVersion, schemaErrors } from "./validate.ts";
import { WholeLines } from "./whole-lines.ts";

/** What one pass over events.jsonl gives. */
export interface EventLogSummary {
  readonly findings: readonly Finding[];
  /** Events read, checkpoints and run.ended included. */
  readonly count: number;
  readonly bytes: number;
  /** SHA-256 of the whole file. */
  readonly sha256: Sha256;
  readonly lastCheckpoint: Sha256 | null;
  readonly segments: number;
  /** RFC 6962 root over the segments; a segment runs from after one checkpoint line to the end of the next. */
  readonly merkleRoot: Sha256;
  /** Furthest byte each raw artifact is referred to, for the check against its size. */
  readonly rawReach: ReadonlyMap<string, number>;
}

/** Most artifacts that events may point to: as many as a manifest may list. */
const MAX_ARTIFACTS = 4096;

function isEvent(value: unknown, type: EventType): value is Event {
  return fitsSchema(EVENT_SCHEMAS[type], value);
}

/** A copy that does not keep the block alive which the text was cut from. */
function owned(text: string): string {
  return Buffer.from(text).toString();
}

/**
 * Checks events.jsonl in one streaming pass: strict bytes, schema by `type`, order, pairing, checkpoints, digests.
 * Memory does not grow with the log. Never throws on bad bytes; every fault is a finding with line and offset.
 */
export class EventLogChecker {
  readonly #file: string;
  readonly #onEvent: (event: Event) => void;
  readonly #findings: Finding[] = [];
  readonly #lines: WholeLines;
  readonly #rules: EventRules;
  readonly #hash = createHash("sha256");
  readonly #merkle = new MerkleRoot();
  readonly #rawReach = new Map<string, number>();
  #leaf = startLeaf();
  #leafBytes = 0;
  #line = 0;
  #offset = 0;
  #bytes = 0;
  #count = 0;
  #inSegment = 0;
  #firstMono = 0;
  #lastCheckpoint: Sha256 | null = null;
  #beforeEnd: EventType | null = null;

  constructor(file: string, onEvent: (event: Event) => void = () => undefined) {
    this.#file = file;
    this.#onEvent = onEvent;
    this.#rules = new EventRules((rule, found, expected) => {
      this.#add({
        code: "EVENTS_INVALID",
        rule,
        file: this.#file,
        line: this.#line,
        offset: this.#offset,
        found: String(found),
        expected: String(expected),
      });
    });
    this.#lines = new WholeLines(MAX_EVENT_BYTES, {
      block: (bytes, offset) => this.#scan(bytes, offset),
      long: (offset) => this.#long(offset),
      skipped: (bytes) => this.#digest(bytes),
    });
  }

  /** True as long as nothing is wrong with the lines so far. */
  get isSound(): boolean {
    return this.#findings.length === 0;
  }

  /** The next bytes of the file. */
  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#lines.push(chunk);
  }

  /** The file is over. */
  end(): EventLogSummary {
    const rest = this.#lines.rest;
    if (rest.length > 0 || this.#lines.skipping) {
      this.#line += this.#lines.skipping ? 0 : 1;
      this.#add({
        code: "EVENTS_INVALID",
        rule: "no-final-newline",
        file: this.#file,
        line: this.#line,
        expected: "a newline at the end",
      });
    }
    this.#digest(rest);
    this.#rules.end();
    if (this.#beforeEnd !== "checkpoint" && this.#count > 0) {
      this.#add({
        code: "EVENTS_INVALID",
        rule: "checkpoint",
        file: this.#file,
        line: this.#line,
        found: this.#beforeEnd ?? "nothing",
        expected: "a checkpoint before run.ended",
      });
    }
    if (this.#leafBytes > 0) this.#merkle.add(this.#leaf.digest());
    return {
      findings: this.#findings,
      count: this.#count,
      bytes: this.#bytes,
      sha256: `sha256:${this.#hash.digest("hex")}`,
      lastCheckpoint: this.#lastCheckpoint,
      segments: this.#merkle.leaves,
      merkleRoot: this.#merkle.root(),
      rawReach: this.#rawReach,
    };
  }

  #add(finding: Finding): void {
    // Shortened here: a hostile name of a megabyte must not be held a hundred times.
    if (this.#findings.length < MAX_FINDINGS)
      this.#findings.push(
        finding.found === undefined ? finding : { ...finding, found: owned(escapeText(finding.found)) },
      );
    else if (this.#findings.length === MAX_FINDINGS)
      this.#findings.push({
        code: finding.code,
        rule: "too-many",
        file: this.#file,
        found: `more than ${MAX_FINDINGS} findings`,
      });
  }

  /** One block of whole lines. Its bytes are hashed in long runs that end at checkpoints, not line by line. */
  #scan(block: Buffer, base: number): void {
    // What is past saving is not judged line by line any more: a log of nothing but faults costs what reading it does.
    if (this.#findings.length > MAX_FINDINGS) return this.#digest(block);
    // ASCII is decoded once for the whole block: its bytes and its characters stand at the same places.
    const ascii = isAscii(block) ? block.toString("latin1") : null;
    const utf8 = ascii !== null || isUtf8(block);
    let hashed = 0;
    for (let start = 0; start < block.length;) {
      const end = ascii === null ? block.indexOf(10, start) : ascii.indexOf("\n", start);
      this.#line += 1;
      this.#offset = base + start;
      if (end - start > MAX_EVENT_BYTES) {
        this.#line -= 1;
        this.#long(base + start);
        start = end + 1;
        continue;
      }
      const text =
        ascii !== null
          ? ascii.slice(start, end)
          : utf8 || isUtf8(block.subarray(start, end))
            ? block.toString("utf8", start, end)
            : null;
      const event = this.#read(text);
      if (event?.type === "checkpoint") {
        this.#digest(block.subarray(hashed, start));
        this.#checkpoint(event);
        this.#digest(block.subarray(start, end + 1));
        hashed = end + 1;
        this.#closeSegment();
      }
      this.#count += 1;
      if (event !== null) this.#order(event);
      start = end + 1;
    }
    this.#digest(block.subarray(hashed));
  }

  /** A line too long to be read: the same finding whether it came in one chunk or in many. */
  #long(offset: number): void {
    this.#line += 1;
    this.#count += 1;
    this.#offset = offset;
    this.#add({
      code: "INPUT_TOO_LARGE",
      rule: "line-length",
      file: this.#file,
      line: this.#line,
      offset,
      expected: `at most ${MAX_EVENT_BYTES} bytes`,
    });
  }

  #order(event: Event): void {
    if (event.type !== "checkpoint" && event.type !== "run.ended") this.#countInSegment(event);
    if (event.type !== "run.ended") this.#beforeEnd = event.type;
    this.#rules.add(event);
    this.#reach(event);
    this.#onEvent(event);
  }

  #read(text: string | null): Event | null {
    const at = { file: this.#file, line: this.#line, offset: this.#offset };
    if (text === null) {
      this.#add({ code: "BYTES_NOT_CANONICAL", rule: "not-utf8", ...at });
      return null;
    }
    const json = parseStrictEvent(text);
    if (!json.ok) {
      this.#add({ code: "BYTES_NOT_CANONICAL", rule: json.rule, found: json.found, ...at });
      return null;
    }
    const { type } = json;
    if (type === null) {
      this.#add({
        code: "SCHEMA_INVALID",
        rule: "event-type",
        found: json.name ?? "no type",
        ...at,
        pointer: "/type",
      });
      return null;
    }
    if (isEvent(json.value, type)) return json.value;
    this.#schemaFindings(json.value, type, at);
    return null;
  }

  #schemaFindings(value: unknown, type: EventType, at: { file: string; line: number; offset: number }): void {
    const data = typeof value === "object" && value !== null && "data" in value ? value.data : null;
    const version = foreignVersion(data);
    if (version !== null)
      this.#add({
        code: "SCHEMA_VERSION",
        rule: "major",
        pointer: "/data/schemaVersion",
        found: version,
        expected: "1.x",
        ...at,
      });
    else
      for (const error of schemaErrors(EVENT_SCHEMAS[type], value))
        this.#add({
          code: "SCHEMA_INVALID",
          rule: "schema",
          pointer: error.pointer,
          expected: error.message,
          ...at,
        });
  }

  #checkpoint(event: Extract<Event, { type: "checkpoint" }>): void {
    const offset = this.#offset;
    const sha256 = `sha256:${this.#hash.copy().digest("hex")}`;
    const broken = (found: string, expected: string): void =>
      this.#add({
        code: "EVENTS_INVALID",
        rule: "checkpoint",
        file: this.#file,
        line: this.#line,
        offset,
        found,
        expected,
      });
    if (event.data.sha256 !== sha256) broken(event.data.sha256, sha256);
    if (event.data.bytes !== offset) broken(`${event.data.bytes} bytes`, `${offset} bytes`);
    if (event.data.events !== event.seq) broken(`${event.data.events} events`, `${event.seq} events`);
    this.#lastCheckpoint = event.data.sha256;
    this.#inSegment = 0;
  }

  #countInSegment(event: Event): void {
    if (checkpointDue(this.#inSegment, this.#firstMono, event.mono)) {
      this.#add({
        code: "EVENTS_INVALID",
        rule: "checkpoint",
        file: this.#file,
        line: this.#line,
        offset: this.#offset,
        found: event.type,
        expected: "a checkpoint before it",
      });
      this.#inSegment = 0;
    }
    if (this.#inSegment === 0) this.#firstMono = event.mono;
    this.#inSegment += 1;
  }

  #digest(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#leaf.update(bytes);
    this.#leafBytes += bytes.length;
  }

  #closeSegment(): void {
    this.#merkle.add(this.#leaf.digest());
    this.#leaf = startLeaf();
    this.#leafBytes = 0;
  }

  #reach(event: Event): void {
    if (!("raw" in event.data)) return;
    const { artifact, offset, length } = event.data.raw;
    const known = this.#rawReach.get(artifact) ?? 0;
    if (offset + length <= known) return;
    if (known > 0 || this.#rawReach.size < MAX_ARTIFACTS) this.#rawReach.set(artifact, offset + length);
    else
      this.#add({
        code: "EVENTS_INVALID",
        rule: "raw-artifact",
        file: this.#file,
        line: this.#line,
        offset: this.#offset,
        found: artifact,
        expected: `at most ${MAX_ARTIFACTS} artifacts`,
      });
  }
}
