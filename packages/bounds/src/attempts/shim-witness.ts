import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  writeSync,
  type Stats,
} from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BoundsError } from "../bounds-error.ts";
import { runTool } from "../tools/run-tool.ts";
import { ShimCalls, type ShimCallList } from "./shim-calls.ts";

/** What the witness saw of the shims' calls. */
export interface WitnessedCalls extends ShimCallList {
  /** Why calls may have been lost, one sentence each; empty when nothing speaks for it. */
  readonly lost: readonly string[];
}

/** All may write and none may read: a backend can add to what is said and take nothing back. */
const MODE = 0o222;
const BEAT_MS = 250;
/** Longest wait for the last words of the pipe. */
const CLOSE_MS = 5000;
const RETRY_MS = 5;
const TOOL_LIMITS = { timeoutMs: 30_000, maxBytes: 4096 };

/**
 * The harness's end of the pipe that shims write to: opened before a backend starts, read all the time, so that what was
 * said is outside of the backend's reach at once and a writer never waits. Beats of its own run through the pipe: one that
 * does not come back was read by something else.
 */
export class ShimWitness {
  readonly #path: string;
  readonly #fd: number;
  readonly #made: Stats;
  readonly #token = randomUUID();
  readonly #calls = new ShimCalls(this.#token);
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  #sent = 0;
  #failed = false;

  private constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
    this.#made = fstatSync(fd);
    // A socket on the descriptor and no file stream: that would hold a thread of Node's pool for as long as it is open.
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.on("data", (chunk: Buffer) => this.#calls.push(chunk));
    this.#socket.on("error", () => void (this.#failed = true));
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  /** Makes the pipe at an absolute path that does not exist, and starts to read it. Throws {@link BoundsError} `WITNESS_NOT_OPENED`. */
  static async open(path: string): Promise<ShimWitness> {
    try {
      const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
      const made = await runTool(["mkfifo", "-m", "600", path], { ...TOOL_LIMITS, cwd: dirname(path), env });
      if (made.exitCode !== 0) throw new Error(made.stderr.toString().trim());
      // For writing as well: then there is always a reader and a writer, and no open or write of a shim waits or fails.
      const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        if (!fstatSync(fd).isFIFO()) throw new Error("it is no pipe");
        fchmodSync(fd, MODE);
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      return new ShimWitness(path, fd);
    } catch (error) {
      throw new BoundsError("WITNESS_NOT_OPENED", "the pipe for the calls of shims cannot be opened", error);
    }
  }

  /** Reads to the last word that is in the pipe now, lets go of it, and says what came. To be called once, after the backend's end. */
  async close(): Promise<WitnessedCalls> {
    clearInterval(this.#timer);
    const ended = await this.#readToEnd();
    const lost = [
      ...(ended ? [] : ["the pipe of the shims could not be read to its end"]),
      ...(this.#calls.missedBeat ? ["something else read or wrote the pipe of the shims"] : []),
      ...(this.#isAsMade() ? [] : ["the pipe of the shims was removed, replaced or opened to readers"]),
    ];
    this.discard();
    return { ...this.#calls.end(), lost };
  }

  /** Lets go of the pipe without a word. */
  discard(): void {
    clearInterval(this.#timer);
    this.#socket.destroy();
  }

  /** Writes the next beat into the pipe; false while there is no room. */
  #beat(): boolean {
    try {
      writeSync(this.#fd, `\nbeat ${this.#token} ${this.#sent + 1}\n`);
    } catch {
      return false;
    }
    this.#sent += 1;
    return true;
  }

  async #readToEnd(): Promise<boolean> {
    const until = Date.now() + CLOSE_MS;
    while (!this.#beat()) {
      if (this.#failed || Date.now() > until) return false;
      await sleep(RETRY_MS);
    }
    while (this.#calls.beats < this.#sent) {
      if (this.#failed || Date.now() > until) return false;
      await sleep(RETRY_MS);
    }
    return true;
  }

  /** Whether the path still names the very pipe, with the mode that lets no other user read. */
  #isAsMade(): boolean {
    try {
      const { dev, ino, mode } = lstatSync(this.#path);
      return dev === this.#made.dev && ino === this.#made.ino && mode === this.#made.mode;
    } catch {
      return false;
    }
  }
}
