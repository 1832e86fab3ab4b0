import type { EndedBy } from "@stage6/evidence-interface";
import { BoundsError } from "../bounds-error.ts";
import { endGroup } from "./end-group.ts";

/** How long the kernel may take to end a killed process before the harness goes on without it. */
const KILL_WAIT_MS = 5000;

/** Why and how one running group is brought to its end; the first reason stays. */
export interface RunEnding {
  /** Gives a reason, and ends the group if the main process still runs. */
  readonly end: (why: EndedBy) => void;
  /** Ends the group for a fault of the harness itself. */
  readonly fail: (error: unknown) => void;
  /** The main process is gone: nothing is signalled any more. */
  readonly settle: () => void;
  /** Resolves when a killed process would not go. */
  readonly lost: Promise<null>;
  readonly reason: () => EndedBy | null;
  readonly failure: () => BoundsError | null;
}

/** Prepares the ending of the group of one running process. */
export function prepareEnding(group: number, graceMs: number): RunEnding {
  const state: {
    reason: EndedBy | null;
    failure: BoundsError | null;
    running: boolean;
    callOff: (() => void) | null;
  } = {
    reason: null,
    failure: null,
    running: true,
    callOff: null,
  };
  let giveUp = (): void => undefined;
  const lost = new Promise<null>((resolve) => {
    giveUp = () => resolve(null);
  });
  const stop = (): void => {
    if (!state.running || state.callOff !== null) return;
    const callOffForce = endGroup(group, graceMs);
    const waiting = setTimeout(giveUp, graceMs + KILL_WAIT_MS);
    state.callOff = () => {
      callOffForce();
      clearTimeout(waiting);
    };
  };
  return {
    end: (why) => {
      state.reason ??= why;
      stop();
    },
    fail: (error) => {
      state.failure ??=
        error instanceof BoundsError
          ? error
          : new BoundsError("OUTPUT_UNWRITABLE", "cannot write the output", error);
      stop();
    },
    settle: () => {
      state.running = false;
      state.callOff?.();
    },
    lost,
    reason: () => state.reason,
    failure: () => state.failure,
  };
}
