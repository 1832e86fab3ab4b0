import type { FixedAnswer, ScriptStep } from "@stage6/lane-contract";
import type { GatewayEvent } from "./gateway-event.ts";

/** Where model requests go. */
export interface Upstream {
  /** Base URL (http or https) without `/v1`; the path of the request's API is appended, nothing that the client wrote. */
  readonly url: string;
  /** Header that carries the key, e.g. `{header: "authorization", value: "Bearer ..."}`; never logged, and masked in answers. */
  readonly apiKey?: { readonly header: string; readonly value: string };
}

/** The clocks of the trial. */
export interface GatewayClock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Monotonic clock, microseconds. */
  mono(): number;
}

/** Longest waits, ms. */
export interface Deadlines {
  /** For the headers of a connection's first request. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** For the upstream's next byte. */
  readonly upstreamMs: number;
  /** For a client that does not read what is sent to it. */
  readonly clientMs: number;
}

/** The deadlines of a trial. */
export const DEADLINES: Deadlines = {
  headersMs: 20_000,
  requestMs: 120_000,
  upstreamMs: 600_000,
  clientMs: 120_000,
};

/** Port in the URL of a gateway that is handed its sockets: it is open only inside the sandbox's own network namespace. */
export const SANDBOX_PORT = 4715;

/** Everything a gateway needs; see `startGateway`. */
export interface GatewayOptions {
  readonly upstream: Upstream;
  /** Fault for a request that carries so many tool results and this system text; null (or a step that is no fault) forwards it. */
  readonly faults: (toolResults: number, system: string) => ScriptStep | null;
  /** Answers that the gateway gives by itself, each below `/fixed/<name>`; such a request is logged and never forwarded. */
  readonly fixedAnswers?: readonly FixedAnswer[] | undefined;
  /** Model id of the plan; a request with another id is reported and refused. */
  readonly plannedModel: string;
  /** Most requests that are let through; later ones get a local 429. */
  readonly maxRequests: number;
  /** Absolute path of the request log (JSONL, appended). */
  readonly logFile: string;
  /** Absolute path of the body log (JSONL, appended); without it bodies leave digests only. */
  readonly bodyFile?: string;
  /** Called synchronously; must not throw. The first thing it throws is thrown again by `close()`. */
  readonly onEvent: (event: GatewayEvent) => void;
  readonly clock: GatewayClock;
  /** Secret of the trial (see `newTrialToken`): first path segment of `url`. What does not show it is no part of the trial. */
  readonly token: string;
  /** `loopback`: a free port of 127.0.0.1, open to the host; `handed`: no port, sockets come through `accept`. */
  readonly listen: "loopback" | "handed";
  /** `DEADLINES` where left out. */
  readonly deadlines?: Partial<Deadlines>;
}
