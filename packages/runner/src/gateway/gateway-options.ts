import type { FixedAnswer, ScriptStep } from "@stage6/lane-contract";
import type { GatewayEvent } from "./gateway-event.ts";

/** Where model requests go. */
export interface Upstream {
  /** Base URL (http or https) without `/v1`; the request's own path is appended. */
  readonly url: string;
  /** Header that carries the key, e.g. `{header: "authorization", value: "Bearer ..."}`; never logged. */
  readonly apiKey?: { readonly header: string; readonly value: string };
}

/** The clocks of the trial. */
export interface GatewayClock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Monotonic clock, microseconds. */
  mono(): number;
}

/** Everything a gateway needs; see `startGateway`. */
export interface GatewayOptions {
  readonly upstream: Upstream;
  /** Fault for a request that carries so many tool results and this system text; null (or a step that is no fault) forwards it. */
  readonly faults: (toolResults: number, system: string) => ScriptStep | null;
  /** Answers that the gateway gives by itself, each below `/fixed/<name>`; such a request is logged and never forwarded. */
  readonly fixedAnswers?: readonly FixedAnswer[] | undefined;
  /** Model id of the plan; a request with another id is reported, not refused. */
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
  /** Secret first path segment (`[A-Za-z0-9_-]{1,128}`): the gateway's `url` carries it, requests without it are refused, it is never logged. */
  readonly token?: string;
}
