import { createHash } from "node:crypto";
import { lstatSync, readdirSync, statfsSync, type Stats } from "node:fs";

/** More than a sound bundle can hold: a whole check refuses it and says so. */
const MAX_ENTRIES = 10_000;
/** A file written this shortly before, milliseconds, may be written again without a later time: clocks tick coarsely. */
const SETTLED_MS = 2000;

/**
 * Types of file systems whose change time is kept by the kernel and cannot be set by the owner of a file: ext2 to ext4, XFS,
 * Btrfs, tmpfs, overlay, F2FS, ZFS, ramfs (statfs(2)). On FAT, SMB or FUSE it may be what anyone said.
 */
const KEEPS_CHANGE_TIME: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1, 0x858458f6,
]);

/**
 * Whether a folder was written since: one digest over path, kind, mode, size, inode, device, links and both times of
 * everything in it. The kernel moves the change time with every write and nobody but root can move it back, so that an
 * equal stamp means the same bytes. Null when that does not hold here: another file system, something written within the
 * last two seconds or in the future, or anything but files and folders.
 */
export function stampFolder(folder: string): string | null {
  try {
    const top = lstatSync(folder);
    if (!keepsChangeTime(folder, top.dev)) return null;
    const settled = Date.now() - SETTLED_MS;
    const lines: string[] = [];
    const look = (path: string, place: string, stat: Stats): boolean => {
      const isFolder = stat.isDirectory();
      if (stat.ctimeMs > settled || stat.dev !== top.dev || !(isFolder || stat.isFile())) return false;
      const { mode, size, ino, nlink, mtimeMs, ctimeMs } = stat;
      lines.push(`${place}\0${mode} ${size} ${ino} ${nlink} ${mtimeMs} ${ctimeMs}`);
      if (lines.length > MAX_ENTRIES) return false;
      return (
        !isFolder ||
        readdirSync(path).every((name) =>
          look(`${path}/${name}`, `${place}/${name}`, lstatSync(`${path}/${name}`)),
        )
      );
    };
    if (!look(folder, "", top)) return null;
    return createHash("sha256")
      .update(`${top.dev}\n${lines.sort().join("\n")}`)
      .digest("hex");
  } catch {
    return null;
  }
}

const devices = new Map<number, boolean>();

function keepsChangeTime(folder: string, device: number): boolean {
  const known = devices.get(device);
  if (known !== undefined) return known;
  const keeps = KEEPS_CHANGE_TIME.has(statfsSync(folder).type);
  devices.set(device, keeps);
  return keeps;
}
