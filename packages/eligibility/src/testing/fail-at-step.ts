import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

/** What happens instead of one file operation: it never comes back, as if the process had been killed, or a system error does. */
export type StepFault = "halt" | "ENOSPC" | "EDQUOT" | "EIO" | "EROFS" | "EMFILE";

const NAMES = ["open", "mkdir", "rename", "link", "writeFile", "rm", "readdir"] as const;
const HANDLE_NAMES = ["writeFile", "sync"] as const;
/** Operations that give space back or only read do not fail on a full disk. */
const NEVER_FULL: readonly string[] = ["rm", "readdir"];

let step = 0;
/** Handles of calls that never come back: nothing may close them while the test runs. */
const kept: unknown[] = [];
const keep = (handle: unknown): unknown => {
  kept.push(handle);
  return handle;
};
let halted: () => void = () => undefined;
let armed: { readonly fault: StepFault; readonly at: number } | null = null;

/** Settles when an operation is reached that never comes back. */
export const whenHalted = (): Promise<"halted"> =>
  new Promise((resolve) => {
    halted = () => resolve("halted");
  });

/** Lets the file operation of number `at`, counted from now and from 1, meet the fault; with 0 they are only counted. */
export function arm(fault: StepFault, at: number): void {
  step = 0;
  armed = at === 0 ? null : { fault, at };
}

/** For a test's own process: counts its file operations from now on. */
export async function countSteps(): Promise<void> {
  const meet = (name: string, work: () => unknown): unknown => {
    step += 1;
    if (name === "open") return Promise.resolve(fated(name, work)).then(keep);
    return fated(name, work);
  };
  const fated = (name: string, work: () => unknown): unknown => {
    if (armed === null || step !== armed.at) return work();
    const { fault } = armed;
    if (fault === "halt") return new Promise(() => halted());
    if (NEVER_FULL.includes(name)) return work();
    return Promise.reject(
      Object.assign(new Error(`${fault}: planted, ${name}`), { code: fault, syscall: name }),
    );
  };
  const handle = await promises.open(process.execPath);
  patch(Reflect.getPrototypeOf(handle), HANDLE_NAMES, meet);
  await handle.close();
  patch(promises, NAMES, meet);
  syncBuiltinESMExports();
}

/** How many file operations there were. */
export const stepsTaken = (): number => step;

function patch(
  target: object | null,
  names: readonly string[],
  meet: (name: string, work: () => unknown) => unknown,
): void {
  if (target === null) throw new TypeError("nothing to patch");
  for (const name of names) {
    const real: unknown = Reflect.get(target, name);
    if (typeof real !== "function") throw new TypeError(`no function ${name}`);
    const wrapped = function (this: unknown, ...args: unknown[]): unknown {
      return meet(name, () => Reflect.apply(real, this, args));
    };
    Object.defineProperty(target, name, { value: wrapped, configurable: true, writable: true });
  }
}
