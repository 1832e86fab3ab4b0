// One thread of `readInWorkers`: batches of places in, trials out. It writes nothing and holds no rule of its own.
import { parentPort } from "node:worker_threads";
import { mapBounded } from "./map-bounded.ts";
import type { WorkerBatch, WorkerResult, WorkerStart } from "./read-in-workers.ts";
import { readTrial, type ReadTrial } from "./read-trial.ts";

let start: WorkerStart | null = null;

// The first message says what every place is read with; what throws here ends the thread, and its parent hears of it.
parentPort?.on("message", (message: WorkerStart | WorkerBatch) => {
  if ("context" in message) {
    start = message;
    return;
  }
  if (start === null) throw new TypeError("places before the start");
  const { context, remember, concurrency } = start;
  const { index, places } = message;
  void mapBounded(places, concurrency, (task) => readTrial(context, task, remember)).then(
    (trials: readonly ReadTrial[]) => {
      const result: WorkerResult = { index, trials };
      parentPort?.postMessage(result);
    },
  );
});
