import type { EventData } from "@stage6/evidence-interface";

/** What the gateway tells its owner, in the order in which it happened. */
export type GatewayEvent =
  /** A request is read, and judged; comes before anything is forwarded. `asPlanned`: it names the planned model; null when no model is named. */
  | {
      readonly kind: "requested";
      readonly data: EventData<"model.requested">;
      readonly asPlanned: boolean | null;
    }
  /** The answer to a request is over; exactly one for each `requested`. */
  | { readonly kind: "answered"; readonly data: EventData<"model.answered"> }
  /** The model asked for a tool call: a request for an action, no proof that it ran. `arguments` at most 4096 code points. */
  | {
      readonly kind: "tool-asked";
      readonly request: number;
      readonly name: string;
      readonly arguments: string;
      readonly truncated: boolean;
    }
  /** The client used the gateway as a forward proxy; refused. `target` without credentials and query, at most 1024 code points. */
  | { readonly kind: "egress"; readonly method: string; readonly target: string }
  /** The request log could not be written: the log is no longer whole. */
  | { readonly kind: "log-failed"; readonly message: string };
