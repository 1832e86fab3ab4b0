import { isCalendarTime } from "./calendar.ts";
import type { Event } from "./event.ts";

/** Most calls, requests or phases that may be open at the same time; one more is a broken rule and is not remembered. */
export const MAX_OPEN = 65_536;

type OnBroken = (rule: string, found: string | number, expected: string | number) => void;

/**
 * Rules over the order and pairing of events: numbering, time, first and last event, starts and ends. Memory is the
 * number of calls open at the same time.
 */
export class EventRules {
  #next = 0;
  #mono = 0;
  #ended = false;
  #calls = 0;
  #requests = 0;
  #process: "none" | "running" | "ended" = "none";
  #oracle = 0;
  #snapshots: string[] = [];
  readonly #openCalls = new Set<string>();
  readonly #openRequests = new Set<number>();
  readonly #openPhases = new Set<string>();
  readonly #broken: OnBroken;

  constructor(broken: OnBroken) {
    this.#broken = broken;
  }

  /** Checks one event against those before it. */
  add(event: Event): void {
    if (event.seq !== this.#next) this.#broken("seq", event.seq, this.#next);
    this.#next = event.seq + 1;
    if (event.mono < this.#mono) this.#broken("mono", event.mono, `at least ${this.#mono}`);
    this.#mono = event.mono;
    if (!isCalendarTime(event.ts)) this.#broken("calendar", event.ts, "a date that exists");
    if ((event.type === "run.started") !== (event.seq === 0))
      this.#broken("start", event.type, "run.started first and only first");
    if (this.#ended) this.#broken("after-end", event.type, "nothing after run.ended");
    this.#pair(event);
  }

  /** Rules that only the end of the log can tell. */
  end(): void {
    if (!this.#ended) this.#broken("end", "no run.ended", "run.ended last");
    if (this.#process === "running") this.#broken("unpaired", "process.started", "process.ended");
    for (const id of this.#openCalls) this.#broken("unpaired", `tool.started ${id}`, "tool.ended");
    for (const id of this.#openRequests) this.#broken("unpaired", `model.requested ${id}`, "model.answered");
    for (const id of this.#openPhases) this.#broken("unpaired", `phase.started ${id}`, "phase.ended");
    if (this.#oracle !== 1) this.#broken("oracle", this.#oracle, "oracle.ended once");
    if (this.#snapshots.join() !== "before,after")
      this.#broken("snapshots", this.#snapshots.join() || "none", "before,after");
  }

  #open<T extends string | number>(open: Set<T>, id: T): void {
    if (open.size < MAX_OPEN) open.add(id);
    else this.#broken("too-many-open", id, `at most ${MAX_OPEN} open at the same time`);
  }

  #pair(event: Event): void {
    switch (event.type) {
      case "tool.started":
        this.#calls += 1;
        if (event.data.callId !== `c${this.#calls}`)
          this.#broken("call-id", event.data.callId, `c${this.#calls}`);
        this.#open(this.#openCalls, event.data.callId);
        return;
      case "tool.ended":
        if (!this.#openCalls.delete(event.data.callId))
          this.#broken("unpaired", `tool.ended ${event.data.callId}`, "tool.started before it");
        return;
      case "model.requested":
        this.#requests += 1;
        if (event.data.request !== this.#requests)
          this.#broken("request-number", event.data.request, this.#requests);
        this.#open(this.#openRequests, event.data.request);
        return;
      case "model.answered":
        if (!this.#openRequests.delete(event.data.request))
          this.#broken("unpaired", `model.answered ${event.data.request}`, "model.requested before it");
        return;
      case "process.started":
        if (this.#process !== "none") this.#broken("process", "process.started again", "one backend process");
        this.#process = "running";
        return;
      case "process.ended":
        if (this.#process !== "running")
          this.#broken("unpaired", "process.ended", "process.started before it");
        this.#process = "ended";
        return;
      case "phase.started": {
        const key = `${event.data.phase}/${event.data.attempt}`;
        if (this.#openPhases.has(key))
          this.#broken("phase", `phase.started ${key} again`, "each attempt once");
        this.#open(this.#openPhases, key);
        return;
      }
      case "phase.ended": {
        const key = `${event.data.phase}/${event.data.attempt}`;
        if (!this.#openPhases.delete(key))
          this.#broken("unpaired", `phase.ended ${key}`, "phase.started before it");
        return;
      }
      case "oracle.ended":
        this.#oracle += 1;
        return;
      case "snapshot.taken":
        if (this.#snapshots.length < 3) this.#snapshots.push(event.data.which);
        return;
      case "run.ended":
        if (event.data.events !== event.seq) this.#broken("event-count", event.data.events, event.seq);
        this.#ended = true;
        return;
      default:
        return;
    }
  }
}
