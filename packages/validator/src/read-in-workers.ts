import { Worker } from "node:worker_threads";
import type { ReadTrial, TrialContext, TrialTask } from "./read-trial.ts";

/** The first message of a worker: what every place is read with. */
export interface WorkerStart {
  readonly context: TrialContext;
  /** Say what sound bundles may be known by. */
  readonly remember: boolean;
  readonly concurrency: number;
}

/** Every other message to a worker. */
export interface WorkerBatch {
  readonly index: number;
  readonly places: readonly TrialTask[];
}

/** What a worker answers to a batch. */
export interface WorkerResult {
  readonly index: number;
  readonly trials: readonly ReadTrial[];
}

/** Places per message: enough that a message costs little, few enough that no worker waits long for another at the end. */
const BATCH = 8;
/** Batches that a worker holds at once: it reads one while the result of the other is taken. */
const HELD = 2;
/** What reads our sources in this repository; no dependency of the package, whose published code needs nothing like it. */
const SOURCE_HOOKS = "tsx/esm/api";
const FROM_SOURCE = import.meta.url.endsWith(".ts");
/** The worker's own file, beside this one, in source and in what is built from it. */
const WORKER = new URL(FROM_SOURCE ? "./trial-worker.ts" : "./trial-worker.js", import.meta.url);

/** Node's arguments for a worker. What reads our sources is not inherited by a thread, and has to be loaded in it again. */
function workerArgs(): string[] | undefined {
  if (!FROM_SOURCE) return undefined;
  const hooks = JSON.stringify(import.meta.resolve(SOURCE_HOOKS));
  const load = `import { register } from ${hooks}; register();`;
  return ["--conditions=@stage6/source", `--import=data:text/javascript,${encodeURIComponent(load)}`];
}

/** How long a worker without work is kept, milliseconds: a root has several plans, and starting one costs a hundred bundles. */
const IDLE_MS = 30_000;
/** Events are short-lived: with more room for them they are collected less often, and threads wait less for each other. */
const LIMITS = { maxYoungGenerationSizeMb: 48 };
const idle = new Map<Worker, NodeJS.Timeout>();

/** An idle worker, or a new one. */
function take(): Worker {
  for (const [worker, timer] of idle) {
    clearTimeout(timer);
    idle.delete(worker);
    worker.ref();
    return worker;
  }
  const execArgv = workerArgs();
  return new Worker(WORKER, { resourceLimits: LIMITS, ...(execArgv === undefined ? {} : { execArgv }) });
}

/** Keeps a worker for a while; it does not keep the process. */
function giveBack(worker: Worker): void {
  worker.unref();
  const end = (): void => {
    idle.delete(worker);
    void worker.terminate();
  };
  idle.set(worker, setTimeout(end, IDLE_MS).unref());
}

/** Reads places in worker threads and gives the trials in the order of the places; rejects when a worker fails. */
export async function readInWorkers(
  context: TrialContext,
  tasks: readonly TrialTask[],
  remember: boolean,
  workers: number,
  concurrency: number,
): Promise<ReadTrial[]> {
  const batches: (readonly TrialTask[])[] = [];
  for (let at = 0; at < tasks.length; at += BATCH) batches.push(tasks.slice(at, at + BATCH));
  const results = new Map<number, readonly ReadTrial[]>();
  const queue = batches.entries();
  const start: WorkerStart = { context, remember, concurrency };
  const taken = Array.from({ length: Math.min(workers, batches.length) }, take);
  const one = async (worker: Worker): Promise<void> => {
    for (const [index, places] of queue) results.set(index, await ask(worker, { index, places }));
  };
  try {
    for (const worker of taken) worker.postMessage(start);
    await Promise.all(taken.flatMap((worker) => Array.from({ length: HELD }, () => one(worker))));
  } catch (error) {
    await Promise.all(taken.map((worker) => worker.terminate()));
    throw error;
  }
  for (const worker of taken) giveBack(worker);
  return [...results].sort(([a], [b]) => a - b).flatMap(([, trials]) => trials);
}

function ask(worker: Worker, batch: WorkerBatch): Promise<readonly ReadTrial[]> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off("message", take);
      worker.off("error", fail);
      worker.off("exit", leave);
    };
    const take = ({ index, trials }: WorkerResult): void => {
      if (index !== batch.index) return;
      done();
      resolve(trials);
    };
    const fail = (error: unknown): void => {
      done();
      reject(error instanceof Error ? error : new TypeError("a worker failed"));
    };
    const leave = (code: number): void => fail(new TypeError(`a worker ended with code ${code}`));
    worker.on("message", take);
    worker.on("error", fail);
    worker.on("exit", leave);
    worker.postMessage(batch);
  });
}
