import { stat } from "node:fs/promises";

/** Whether a path leads to a regular file, through links too. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
