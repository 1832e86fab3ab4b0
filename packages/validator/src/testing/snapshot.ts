import { createHash } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One line per entry below a folder: kind, inode, times of change and content, so that any write shows. */
export async function snapshot(root: string): Promise<readonly string[]> {
  const names = ["", ...(await readdir(root, { recursive: true }))];
  const lines = names.map(async (name) => {
    const stat = await lstat(join(root, name), { bigint: true });
    const content = stat.isFile()
      ? createHash("sha256")
          .update(await readFile(join(root, name)))
          .digest("hex")
      : "";
    return `${name} ${stat.mode} ${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs} ${content}`;
  });
  return (await Promise.all(lines)).sort();
}
