// One thread of `readInWorkers`: batches of places in, trials out. It writes nothing and holds no rule of its own.
import { parentPort, workerData } from "node:worker_threads";
import { mapBounded } from "./map-bounded.ts";
import type { WorkerStart } from "./read-in-workers.ts";
import { readTrial, type TrialTask } from "./read-trial.ts";

const { context, known, concurrency }: WorkerStart = workerData;

parentPort?.on("message", (batch: readonly TrialTask[]) => {
  void mapBounded(batch, concurrency, (task) => readTrial(context, task, known)).then((trials) =>
    parentPort?.postMessage(trials),
  );
});
