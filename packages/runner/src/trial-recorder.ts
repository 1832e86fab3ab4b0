import { createWriteStream } from "node:fs";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import {
  EventLogError,
  EventLogWriter,
  MAX_OPEN,
  type EventData,
  type EventType,
} from "@stage6/evidence-interface";
import { short, type EventDraft } from "@stage6/lane-contract";
import { formatTime, type Clock } from "./clock.ts";
import { mapStrings } from "./map-strings.ts";
import type { SecretMask } from "./secret-mask.ts";

/** Event types that the recorder lets its caller write; it sets checkpoints and the end itself. */
export type RecordedType = Exclude<EventType, "checkpoint" | "run.ended">;

const ARTIFACT = "events.jsonl";

/** Most events and bytes that become of what a backend said: what is said after that stays in the raw streams alone. */
export const LANE_BOUNDS = {
  events: 500_000,
  bytes: 256 * 1024 * 1024,
  claimedPaths: 16 * 1024 * 1024,
} as const;
/** Most attempts that are written of each forbidden action; a report says of each only that there was one. */
const MAX_ATTEMPTS_WRITTEN = 1000;
/** Why no more of a backend's words became events: the mark by which a reader knows that a log holds fewer than the streams. */
const LOG_FULL = "the log is full: what the backend said from here on is in its raw streams alone";

/** Artifact path of a lane's stream. */
function streamArtifact(stream: string): string {
  return `artifacts/${stream}.raw`;
}

function phaseKey({ phase, attempt }: { readonly phase: string; readonly attempt: number }): string {
  return `${phase}/${attempt}`;
}

/**
 * Writes events.jsonl of one trial: stamps, masks secrets, gives tool calls their sequential ids, and closes whatever
 * is still open when the trial ends early, so that a log is complete however the trial ended. Nothing that a backend
 * says makes it throw or keeps the log from being read: what is open at a time, and how much is said, is bounded, and a
 * draft that no reader would take becomes an unread line.
 */
export class TrialRecorder {
  readonly #clock: Clock;
  readonly #mask: SecretMask;
  readonly #log = new EventLogWriter();
  readonly #out: Writable;
  readonly #start: number;
  readonly #calls = new Map<string, string>();
  readonly #requests = new Set<number>();
  readonly #phases = new Map<string, { phase: string; attempt: number }>();
  readonly #seen = new Set<RecordedType>();
  readonly #snapshots = new Set<string>();
  readonly #attempted = new Map<string, number>();
  readonly #said = { events: 0, bytes: 0, claimedPaths: 0 };
  #callCount = 0;
  #isFull = false;
  #failure: Error | null = null;

  readonly #bounds: Readonly<Record<keyof typeof LANE_BOUNDS, number>>;

  /** Writes to a new file, or to a stream. */
  constructor(
    to: string | Writable,
    clock: Clock,
    mask: SecretMask,
    bounds: Readonly<Record<keyof typeof LANE_BOUNDS, number>> = LANE_BOUNDS,
  ) {
    this.#clock = clock;
    this.#mask = mask;
    this.#bounds = bounds;
    this.#start = clock.mono();
    this.#out = typeof to === "string" ? createWriteStream(to, { flags: "wx", mode: 0o644 }) : to;
    this.#out.on("error", (error) => {
      this.#failure ??= error;
    });
  }

  /** Microseconds since the trial began. */
  mono(): number {
    return Math.max(0, this.#clock.mono() - this.#start);
  }

  /** Writes one event. */
  write<T extends RecordedType>(type: T, data: EventData<T>): void {
    if (!this.#makeRoom(type, data)) return;
    const masked = this.#mask.maskValue(data, ARTIFACT);
    const bytes = this.#append(type, masked);
    // Only now: an event that the log refused must leave no call, request or phase open.
    this.#track(type, data);
    this.#out.write(bytes);
    if ("raw" in data) {
      this.#said.events += 1;
      this.#said.bytes += bytes.length;
    }
  }

  /** Writes what a lane drafted, raw ranges and call ids translated. */
  writeDrafts(drafts: readonly EventDraft[]): void {
    for (const draft of drafts) this.#take(draft);
  }

  /** Writes that something a backend left for a stream is not in it; `offset` is where it would begin. */
  writeGap(stream: string, offset: number, reason: string): void {
    this.#take({ type: "line.unread", raw: { stream, offset, length: 0 }, data: { reason: short(reason) } });
  }

  /** True once nothing more that the backend says becomes an event. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** True once an event of this type was written. */
  has(type: RecordedType): boolean {
    return this.#seen.has(type);
  }

  /** True once the snapshot of this side was recorded. */
  hasSnapshot(which: "before" | "after"): boolean {
    return this.#snapshots.has(which);
  }

  /** Lets the file catch up with a fast backend. */
  async drain(): Promise<void> {
    if (this.#out.writableNeedDrain) await once(this.#out, "drain");
  }

  /** Closes open calls, requests and phases: the backend never said how they ended. */
  closeOpen(): void {
    for (const id of this.#calls.values()) {
      this.write("tool.ended", {
        raw: { artifact: streamArtifact("stdout"), offset: 0, length: 0 },
        callId: id,
        status: "unclosed",
        exitCode: null,
        reported: true,
      });
    }
    this.#calls.clear();
    for (const request of this.#requests)
      this.write("model.answered", { request, status: null, end: "unanswered", bytes: 0 });
    for (const open of this.#phases.values()) {
      this.write("phase.ended", {
        raw: { artifact: streamArtifact("stdout"), offset: 0, length: 0 },
        ...open,
        outcome: "unclosed",
      });
    }
  }

  /** Last checkpoint, `run.ended`, and the file flushed; throws the first write error. */
  async end(): Promise<void> {
    this.#out.end(this.#log.end({ ts: formatTime(this.#clock.now()), mono: this.mono() }));
    await finished(this.#out).catch((error: unknown) => {
      throw this.#failure ?? error;
    });
  }

  /** Gives the file up without an end; for a trial that is not kept. */
  discard(): void {
    this.#out.destroy();
  }

  /** A text with half a surrogate pair, as a model's name may be, has no bytes: such an event is written with the pair replaced. */
  #append<T extends RecordedType>(type: T, data: EventData<T>): Uint8Array {
    const stamp = { ts: formatTime(this.#clock.now()), mono: this.mono() };
    try {
      return this.#log.append(type, data, stamp);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      return this.#log.append(type, mapStrings(data, wellFormed), stamp);
    }
  }

  /** Keeps what is open at a time within what a reader takes; false for an event that says nothing new. */
  #makeRoom<T extends RecordedType>(type: T, data: EventData<T>): boolean {
    if ("action" in data && type === "action.attempted") {
      const before = this.#attempted.get(data.action) ?? 0;
      this.#attempted.set(data.action, before + 1);
      return before < MAX_ATTEMPTS_WRITTEN;
    }
    // Answered as unanswered to make room for another: it is no longer open.
    if ("request" in data && type === "model.answered") return this.#requests.has(data.request);
    if (type === "model.requested" && this.#requests.size >= MAX_OPEN) {
      const [oldest] = this.#requests;
      if (oldest !== undefined)
        this.write("model.answered", { request: oldest, status: null, end: "unanswered", bytes: 0 });
    }
    return true;
  }

  #take(draft: EventDraft): void {
    if (this.#isFull) return;
    const { events, bytes, claimedPaths } = this.#bounds;
    if (draft.type === "change.claimed") this.#said.claimedPaths += Buffer.byteLength(draft.data.path);
    const said = this.#said;
    if (said.events >= events || said.bytes >= bytes || said.claimedPaths > claimedPaths) {
      this.#isFull = true;
      return this.#unread(draft, LOG_FULL);
    }
    try {
      this.#draft(draft);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      this.#unread(draft, `no event can hold it: ${error instanceof Error ? error.message : ""}`);
    }
  }

  #unread(draft: EventDraft, reason: string): void {
    const { stream, offset, length } = draft.raw;
    const raw = { artifact: streamArtifact(stream), offset, length: reason === LOG_FULL ? 0 : length };
    const data = { raw, reason: short(reason) };
    try {
      this.write("line.unread", data);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      // Not even the place can be written: what is left is that there was something.
      this.write("line.unread", {
        ...data,
        raw: { artifact: streamArtifact("stdout"), offset: 0, length: 0 },
      });
    }
  }

  #draft(draft: EventDraft): void {
    const raw = {
      artifact: streamArtifact(draft.raw.stream),
      offset: draft.raw.offset,
      length: draft.raw.length,
    };
    switch (draft.type) {
      case "tool.started": {
        // A second start under an open id: the first can no longer be told apart, so it is closed as unclosed.
        if (this.#calls.has(draft.data.callId))
          this.#end(draft.data.callId, { raw, status: "unclosed", exitCode: null, reported: true });
        const [oldest] = this.#calls.keys();
        if (oldest !== undefined && this.#calls.size >= MAX_OPEN)
          this.#end(oldest, { raw, status: "unclosed", exitCode: null, reported: true });
        const callId = `c${this.#callCount + 1}`;
        this.write("tool.started", { raw, ...draft.data, callId });
        this.#callCount += 1;
        this.#calls.set(draft.data.callId, callId);
        return;
      }
      case "tool.ended":
        if (!this.#calls.has(draft.data.callId))
          this.#draft({
            type: "tool.started",
            raw: draft.raw,
            data: { callId: draft.data.callId, tool: "unknown", input: "" },
          });
        this.#end(draft.data.callId, {
          raw,
          status: draft.data.status,
          exitCode: draft.data.exitCode,
          reported: draft.data.reported,
        });
        return;
      case "session.started":
        return this.write("session.started", { raw, ...draft.data });
      case "agent.messaged":
        return this.write("agent.messaged", { raw, ...draft.data });
      case "change.claimed":
        return this.write("change.claimed", { raw, ...draft.data });
      case "action.refused":
        return this.write("action.refused", { raw, ...draft.data });
      case "usage.claimed":
        return this.write("usage.claimed", { raw, ...draft.data });
      case "agent.ended":
        return this.write("agent.ended", { raw, ...draft.data });
      case "phase.started": {
        // The same for phases: one that starts again was never ended, one that ends unstarted is started first.
        const { phase, attempt } = draft.data;
        if (this.#phases.has(phaseKey(draft.data)))
          this.write("phase.ended", { raw, phase, attempt, outcome: "unclosed" });
        const [oldest] = this.#phases.values();
        if (oldest !== undefined && this.#phases.size >= MAX_OPEN)
          this.write("phase.ended", { raw, ...oldest, outcome: "unclosed" });
        return this.write("phase.started", { raw, phase, attempt });
      }
      case "phase.ended": {
        const { phase, attempt } = draft.data;
        if (!this.#phases.has(phaseKey(draft.data))) this.write("phase.started", { raw, phase, attempt });
        return this.write("phase.ended", { raw, ...draft.data });
      }
      case "revision.requested":
        return this.write("revision.requested", { raw, ...draft.data });
      case "review.claimed":
        return this.write("review.claimed", { raw, ...draft.data });
      case "line.unread":
        return this.write("line.unread", { raw, ...draft.data });
      case "record.unrecognized":
        return this.write("record.unrecognized", { raw, ...draft.data });
      case "drift.detected":
        return this.write("drift.detected", { raw, ...draft.data });
    }
  }

  #end(laneId: string, data: Omit<EventData<"tool.ended">, "callId">): void {
    const callId = this.#calls.get(laneId);
    if (callId === undefined) return;
    this.write("tool.ended", {
      raw: data.raw,
      callId,
      status: data.status,
      exitCode: data.exitCode,
      reported: data.reported,
    });
    this.#calls.delete(laneId);
  }

  #track<T extends RecordedType>(type: T, data: EventData<T>): void {
    this.#seen.add(type);
    if ("which" in data && type === "snapshot.taken") this.#snapshots.add(data.which);
    if ("request" in data && type === "model.requested") this.#requests.add(data.request);
    if ("request" in data && type === "model.answered") this.#requests.delete(data.request);
    if ("phase" in data && "attempt" in data) {
      const key = phaseKey(data);
      if (type === "phase.started") this.#phases.set(key, { phase: data.phase, attempt: data.attempt });
      else this.#phases.delete(key);
    }
  }
}

const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, "\ufffd");

function isInvalid(error: unknown): boolean {
  return error instanceof EventLogError && error.code === "EVENT_INVALID";
}
