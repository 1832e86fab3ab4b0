import { open } from "node:fs/promises";

/** fsync of a file or folder, so that a rename after it cannot come first. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
