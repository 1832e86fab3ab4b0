import { open, type FileHandle } from "node:fs/promises";
import { BoundsError } from "../bounds-error.ts";

/** The two files that receive a process's output. */
export interface Outputs {
  readonly stdout: FileHandle;
  readonly stderr: FileHandle;
  readonly close: () => Promise<void>;
}

/** Makes both output files new; throws {@link BoundsError} `OUTPUT_UNWRITABLE` when one exists or cannot be made. */
export async function openOutputs(stdoutFile: string, stderrFile: string): Promise<Outputs> {
  const stdout = await create(stdoutFile);
  try {
    const stderr = await create(stderrFile);
    return { stdout, stderr, close: async () => void (await Promise.all([stdout.close(), stderr.close()])) };
  } catch (error) {
    await stdout.close();
    throw error;
  }
}

async function create(file: string): Promise<FileHandle> {
  try {
    return await open(file, "wx", 0o600);
  } catch (error) {
    throw new BoundsError("OUTPUT_UNWRITABLE", `cannot make the output file ${file}`, error);
  }
}
