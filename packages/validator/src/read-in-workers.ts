import { Worker } from "node:worker_threads";
import type { ReadTrial, TrialContext, TrialTask } from "./read-trial.ts";

/** The first message of a worker: what every place is read with. */
export interface WorkerStart {
  readonly context: TrialContext;
  /** Say what sound bundles may be known by. */
  readonly remember: boolean;
  readonly concurrency: number;
}

/** Places per message: enough that a message costs little, few enough that no worker waits long for another at the end. */
const BATCH = 16;
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
  const execArgv = workerArgs();
  const start: WorkerStart = { context, remember, concurrency };
  const started: Worker[] = [];
  const one = async (): Promise<void> => {
    const worker = new Worker(WORKER, execArgv === undefined ? {} : { execArgv });
    started.push(worker);
    worker.postMessage(start);
    for (const [index, batch] of queue) results.set(index, await ask(worker, batch));
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, batches.length) }, one));
  } finally {
    await Promise.all(started.map((worker) => worker.terminate()));
  }
  return [...results].sort(([a], [b]) => a - b).flatMap(([, trials]) => trials);
}

function ask(worker: Worker, batch: readonly TrialTask[]): Promise<readonly ReadTrial[]> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off("message", take);
      worker.off("error", fail);
      worker.off("exit", leave);
    };
    const take = (trials: readonly ReadTrial[]): void => {
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
