import { createWriteStream, type WriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { EventLogWriter, type EventData, type EventType } from "@stage6/evidence-interface";
import type { EventDraft } from "@stage6/lane-contract";
import { formatTime, type Clock } from "./clock.ts";
import type { SecretMask } from "./secret-mask.ts";

/** Event types that the recorder lets its caller write; it sets checkpoints and the end itself. */
export type RecordedType = Exclude<EventType, "checkpoint" | "run.ended">;

const ARTIFACT = "events.jsonl";

/** Artifact path of a lane's stream. */
function streamArtifact(stream: string): string {
  return `artifacts/${stream}.raw`;
}

function phaseKey({ phase, attempt }: { readonly phase: string; readonly attempt: number }): string {
  return `${phase}/${attempt}`;
}

/**
 * Writes events.jsonl of one trial: stamps, masks secrets, gives tool calls their sequential ids, and closes whatever
 * is still open when the trial ends early, so that a log is complete however the trial ended.
 */
export class TrialRecorder {
  readonly #clock: Clock;
  readonly #mask: SecretMask;
  readonly #log = new EventLogWriter();
  readonly #out: WriteStream;
  readonly #start: number;
  readonly #calls = new Map<string, string>();
  readonly #requests = new Set<number>();
  readonly #phases = new Map<string, { phase: string; attempt: number }>();
  readonly #seen = new Set<RecordedType>();
  readonly #snapshots = new Set<string>();
  #callCount = 0;
  #failure: Error | null = null;

  constructor(path: string, clock: Clock, mask: SecretMask) {
    this.#clock = clock;
    this.#mask = mask;
    this.#start = clock.mono();
    this.#out = createWriteStream(path, { flags: "wx", mode: 0o644 });
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
    const masked = this.#mask.maskValue(data, ARTIFACT);
    const bytes = this.#log.append(type, masked, { ts: formatTime(this.#clock.now()), mono: this.mono() });
    // Only now: an event that the log refused must leave no call, request or phase open.
    this.#track(type, data);
    this.#out.write(bytes);
  }

  /** Writes what a lane drafted, raw ranges and call ids translated. */
  writeDrafts(drafts: readonly EventDraft[]): void {
    for (const draft of drafts) this.#draft(draft);
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
