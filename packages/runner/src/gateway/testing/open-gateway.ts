import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayEvent } from "../gateway-event.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import { startGateway, type Gateway } from "../start-gateway.ts";
import { within } from "./within.ts";

/** A gateway of a test with everything it reported. */
export interface OpenGateway {
  readonly gateway: Gateway;
  readonly events: readonly GatewayEvent[];
  /** The events of one kind. */
  readonly of: <K extends GatewayEvent["kind"]>(kind: K) => Extract<GatewayEvent, { kind: K }>[];
  /** Resolves when so many answers are over. */
  readonly answered: (count: number) => Promise<Extract<GatewayEvent, { kind: "answered" }>[]>;
  /** Text of the request log and of the body log. */
  readonly log: () => Promise<string>;
  readonly bodies: () => Promise<string>;
}

const isKind =
  <K extends GatewayEvent["kind"]>(kind: K) =>
  (event: GatewayEvent): event is Extract<GatewayEvent, { kind: K }> =>
    event.kind === kind;

/** Token of every gateway that a test opens without one of its own. */
export const TEST_TOKEN = "token-of-a-test-0123456789";

/** Starts a gateway that writes into a folder of its own; `atEnd` is given the end of both. */
export const openGateway = async (
  atEnd: (end: () => Promise<void>) => void,
  options: Pick<GatewayOptions, "upstream"> & Partial<GatewayOptions>,
): Promise<OpenGateway> => {
  const folder = await mkdtemp(join(tmpdir(), "stage6-gateway-"));
  const events: GatewayEvent[] = [];
  const waiting = new Set<() => void>();
  const logFile = join(folder, "requests.jsonl");
  const bodyFile = join(folder, "bodies.jsonl");
  const gateway = await startGateway({
    faults: () => null,
    plannedModel: "scripted-1",
    token: TEST_TOKEN,
    listen: "loopback",
    maxRequests: 100,
    clock: { now: () => Date.now(), mono: () => Math.round(performance.now() * 1000) },
    logFile,
    bodyFile,
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
      for (const wake of waiting) wake();
    },
  });
  atEnd(async () => {
    await gateway.close().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });
  const of: OpenGateway["of"] = (kind) => events.filter(isKind(kind));
  return {
    gateway,
    events,
    of,
    answered: (count) =>
      within(
        `${count} answers`,
        new Promise((resolve) => {
          const wake = (): void => {
            if (of("answered").length < count) return;
            waiting.delete(wake);
            resolve(of("answered"));
          };
          waiting.add(wake);
          wake();
        }),
      ),
    log: () => readFile(logFile, "utf8"),
    bodies: () => readFile(bodyFile, "utf8"),
  };
};
