import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { LAUNCH_RECORD, LAUNCH_RECORD_BYTES } from "./launch-program.ts";

/** Most records that are read: a launcher writes fewer. */
const MAX_RECORDS = 8;
const GO = "g";

/** How the command of a sandbox ended, as its launcher saw it. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The harness's side of the socket to a launcher. What arrives after the records that a launcher writes is not read. */
export class LaunchChannel {
  readonly #onReady: () => Promise<void>;
  #bytes = Buffer.alloc(0);
  #records = 0;
  #started = false;
  #failed: string | null = null;
  #notExecuted: string | null = null;
  #ended: CommandEnd | null = null;
  #error: unknown = null;

  /** `onReady` is awaited once the sandbox stands and before the command starts; when it rejects, the command never does. */
  constructor(onReady: () => Promise<void>) {
    this.#onReady = onReady;
  }

  /** Starts to read; the channel is the harness's end of the launcher's descriptor. */
  attach(channel: Duplex): void {
    channel.on("error", () => undefined);
    channel.on("data", (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, MAX_RECORDS * LAUNCH_RECORD_BYTES)]);
      while (this.#bytes.length >= LAUNCH_RECORD_BYTES) {
        const record = this.#bytes.subarray(0, LAUNCH_RECORD_BYTES);
        this.#bytes = this.#bytes.subarray(LAUNCH_RECORD_BYTES);
        this.#records += 1;
        if (this.#records > MAX_RECORDS) return void channel.destroy();
        this.#read(record, channel);
      }
    });
  }

  /** Whether the command was about to be executed, everything given up. */
  get started(): boolean {
    return this.#started;
  }

  /** Why the command never started; null when it did, or when nothing is known. */
  get failure(): string | null {
    return this.#error instanceof Error ? this.#error.message : this.#failed;
  }

  /** Error code of the command that could not be executed, such as `ENOENT`; null when it could. */
  get notExecuted(): string | null {
    return this.#notExecuted;
  }

  /** How the command ended; null when the launcher did not live to see it. */
  get ended(): CommandEnd | null {
    return this.#ended;
  }

  #read(record: Buffer, channel: Duplex): void {
    const value = record.readInt32LE(8);
    switch (record.readBigUInt64LE(0)) {
      case BigInt(LAUNCH_RECORD.ready):
        this.#onReady().then(
          () => channel.write(GO),
          (error: unknown) => {
            this.#error = error;
            channel.destroy();
          },
        );
        return;
      case BigInt(LAUNCH_RECORD.started):
        this.#started = true;
        return;
      case BigInt(LAUNCH_RECORD.failed):
        this.#failed ??= `step ${record.readBigUInt64LE(16)} of its launcher gave ${errorCode(-value)}`;
        return;
      case BigInt(LAUNCH_RECORD.notExecuted):
        this.#notExecuted = errorCode(-value);
        return;
      case BigInt(LAUNCH_RECORD.ended):
        this.#ended = commandEnd(value);
        return;
      default:
        channel.destroy();
    }
  }
}

/** A wait status (wait(2)) as exit code or signal. */
function commandEnd(status: number): CommandEnd {
  const number = status & 0x7f;
  if (number === 0) return { exitCode: (status >> 8) & 0xff, signal: null };
  const name = signalNames().find(([, value]) => value === number)?.[0];
  return { exitCode: null, signal: name ?? "SIGKILL" };
}

function signalNames(): readonly (readonly [NodeJS.Signals, number])[] {
  const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);
  return Object.entries(constants.signals).flatMap(([name, value]) =>
    isSignal(name) ? [[name, value]] : [],
  );
}

function errorCode(number: number): string {
  return Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? `E${number}`;
}
