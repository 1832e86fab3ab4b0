/** The world as the command line sees it; passed in, so that nothing runs by importing it. */
export interface CliIo {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to stdout: results only. */
  readonly out: (text: string) => void;
  /** Writes to stderr: logs, progress and errors. */
  readonly err: (text: string) => void;
  /** Whether results may be coloured: stdout is a terminal. */
  readonly color: boolean;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** The same time as the kernel tells it, milliseconds since 1970; null where it tells none, absent where no process of its own stands behind `now`. */
  readonly kernelNow?: () => number | null;
  /** From the first call on, an operator's interrupt aborts this signal instead of ending the process; a second one ends it at once. */
  readonly interrupt: () => AbortSignal;
}
