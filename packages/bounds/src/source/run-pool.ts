/** Runs jobs with at most `width` in flight; a job may add more. Rejects with the first job's error. */
export function runPool<T>(
  first: readonly T[],
  width: number,
  run: (job: T, add: (job: T) => void) => Promise<void>,
): Promise<void> {
  const waiting = [...first].reverse();
  let active = 0;
  return new Promise((resolve, reject) => {
    const pump = (): void => {
      if (active === 0 && waiting.length === 0) resolve();
      while (active < width) {
        const job = waiting.pop();
        if (job === undefined) return;
        active += 1;
        run(job, (more) => waiting.push(more)).then(() => {
          active -= 1;
          pump();
        }, reject);
      }
    };
    pump();
  });
}
