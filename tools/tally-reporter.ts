import type { Reporter } from "vitest/node";

/** Prints `N passed, N failed` alone on the last line; a run in which no test ran is a failed run. */
export const tallyReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      // A file that could not be loaded, or a hook that threw, has failed without any test of its own failing.
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const skipped = count.skipped + count.pending;
    const tail = skipped > 0 ? `, ${skipped} skipped` : "";
    process.stdout.write(`${count.passed} passed, ${count.failed} failed${tail}\n`);
    if (count.failed > 0 || count.passed === 0) process.exitCode = 1;
  },
};
