import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  opendirSync,
  readSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeSync,
  type BigIntStats,
  type Dirent,
} from "node:fs";
import { platform } from "node:os";
import { resolve } from "node:path";
import { asUnsafe, UnsafeFileError } from "./unsafe-file-error.ts";

/** How a folder is held, and whose files are taken from it. */
export interface HoldOptions {
  /** User ids whose files are taken; that of this process when left out. */
  readonly owners?: readonly number[];
  /** False: without the kernel's names of open files, as on macOS. Found out when left out. */
  readonly descriptorPaths?: boolean;
}

/** What a file has to be to be taken. */
export interface FileRules {
  /** Most bytes. */
  readonly maxBytes: number;
  /** Most names that it may have; 1 when left out: another name may lie where the other party cannot read. */
  readonly maxLinks?: number;
}

type Identity = Pick<BigIntStats, "dev" | "ino">;

/** Linux `O_PATH`: names a file without opening it, so that no device or FIFO notices. */
const O_PATH = 0o10000000;
const CHUNK = 256 * 1024;

/** User ids whose files are taken where the backend runs as the harness's user. */
export function ownUid(): readonly number[] {
  const uid = process.geteuid?.();
  return uid === undefined ? [] : [uid];
}

/**
 * A folder that another party may have written to, held by descriptor: everything below it is opened part by part,
 * relative to the part before, so that no link is followed in any part of a path, whatever is renamed meanwhile. Only
 * regular files of expected owners are taken, up to a size, and nothing ever blocks. Where the kernel does not name open
 * files every part is looked at before and after instead. Synchronous; the caller closes it.
 */
export class HeldFolder {
  readonly #fd: number;
  /** Prefix of what lies in the folder. */
  readonly #at: string;
  /** Every part of the path as it was opened; null where the descriptor alone decides. */
  readonly #parts: readonly { readonly path: string; readonly seen: Identity }[] | null;
  readonly #owners: readonly number[];

  private constructor(
    fd: number,
    at: string,
    parts: readonly { readonly path: string; readonly seen: Identity }[] | null,
    owners: readonly number[],
  ) {
    this.#fd = fd;
    this.#at = at;
    this.#parts = parts;
    this.#owners = owners;
  }

  /** Holds the folder at a real path; throws UnsafeFileError, `LINK` when any part of the path is one. */
  static open(path: string, options: HoldOptions = {}): HeldFolder {
    const { owners = ownUid(), descriptorPaths = hasDescriptorPaths() } = options;
    const access = descriptorPaths ? O_PATH : constants.O_RDONLY;
    const fd = openSync("/", access | constants.O_DIRECTORY);
    const root = descriptorPaths
      ? new HeldFolder(fd, descriptorPath(fd), null, owners)
      : new HeldFolder(fd, "/", [{ path: "/", seen: statOf(fd) }], owners);
    // What lies above the held folder belongs to the system and the operator: its owners are not asked for.
    return HeldFolder.#descend(root, segmentsOf(resolve(path)), false);
  }

  /** Holds a folder below; `path` is relative with `/`, empty for this folder once more. */
  folder(path: string): HeldFolder {
    return HeldFolder.#descend(this.#again(), segmentsOf(path), true);
  }

  /** Entries of the folder one by one; what they say of their type is a hint alone. */
  *entries(): Generator<Dirent, void> {
    const listing = asUnsafe(".", () => opendirSync(this.#at, { bufferSize: 64 }));
    try {
      this.#check();
      for (;;) {
        const entry = asUnsafe(".", () => listing.readSync());
        if (entry === null) return;
        yield entry;
      }
    } finally {
      listing.closeSync();
    }
  }

  /** Opens a regular file for reading; the caller closes the descriptor. Throws UnsafeFileError. */
  openFile(path: string, rules: FileRules): number {
    const segments = segmentsOf(path);
    const name = segments.pop() ?? "";
    const folder = HeldFolder.#descend(this.#again(), segments, true);
    try {
      return folder.#openFile(name, path, rules);
    } finally {
      folder.close();
    }
  }

  /**
   * Reads a file chunk by chunk and returns its size; a chunk is only valid during the call. Throws UnsafeFileError,
   * `TOO_LARGE` also for a file that grows past its bound meanwhile.
   */
  readChunks(path: string, rules: FileRules, onChunk: (chunk: Buffer) => void): number {
    const file = this.openFile(path, rules);
    const space = Buffer.allocUnsafe(CHUNK);
    try {
      for (let total = 0; ;) {
        const length = asUnsafe(path, () => readSync(file, space, 0, CHUNK, null));
        if (length === 0) return total;
        total += length;
        if (total > rules.maxBytes) throw new UnsafeFileError("TOO_LARGE", path);
        onChunk(space.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
  }

  /** A whole file; throws as {@link readChunks}. */
  read(path: string, rules: FileRules): Buffer {
    const chunks: Buffer[] = [];
    this.readChunks(path, rules, (chunk) => chunks.push(Buffer.from(chunk)));
    return Buffer.concat(chunks);
  }

  /** Makes a new file and the folders on its way; the caller closes the descriptor. Throws UnsafeFileError, `CHANGED` when the name is taken. */
  createFile(path: string, mode: number): number {
    const segments = segmentsOf(path);
    const name = segments.pop() ?? "";
    const folder = this.makeFolder(segments.join("/"));
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
      const file = asUnsafe(path, () => openSync(folder.#at + name, flags, mode));
      fchmodSync(file, mode);
      return file;
    } finally {
      folder.close();
    }
  }

  /** Writes a new file; throws as {@link createFile}. */
  write(path: string, bytes: Uint8Array, mode: number): void {
    const file = this.createFile(path, mode);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done);
    } finally {
      closeSync(file);
    }
  }

  /** Removes a name that is no folder, a link itself and not what it points to. Throws UnsafeFileError. */
  remove(path: string): void {
    const segments = segmentsOf(path);
    const name = segments.pop() ?? "";
    const folder = this.folder(segments.join("/"));
    try {
      asUnsafe(path, () => unlinkSync(folder.#at + name));
    } finally {
      folder.close();
    }
  }

  /** Makes a link that nothing of this class ever follows. Throws UnsafeFileError, `CHANGED` when the name is taken. */
  makeLink(path: string, target: string): void {
    const segments = segmentsOf(path);
    const name = segments.pop() ?? "";
    const folder = this.makeFolder(segments.join("/"));
    try {
      asUnsafe(path, () => symlinkSync(target, folder.#at + name));
    } finally {
      folder.close();
    }
  }

  /** Holds a folder below, made where it is missing. Throws UnsafeFileError when something else stands in its way. */
  makeFolder(path: string): HeldFolder {
    let at = this.#again();
    try {
      for (const name of segmentsOf(path)) {
        if (lookAt(at.#at + name, path) === null) asUnsafe(path, () => mkdirSync(at.#at + name));
        const next = at.#step(name, path, true);
        at.close();
        at = next;
      }
      return at;
    } catch (error) {
      at.close();
      throw error;
    }
  }

  /** Moves a real folder of this one into another held folder, under a name that is free there. Throws UnsafeFileError. */
  moveFolder(name: string, into: HeldFolder, newName: string): void {
    const moved = this.#step(name, name, true);
    try {
      if (lookAt(into.#at + newName, newName) !== null) throw new UnsafeFileError("CHANGED", newName);
      asUnsafe(name, () => renameSync(this.#at + name, into.#at + newName));
      const there = lookAt(into.#at + newName, newName);
      if (there === null || !isSame(statOf(moved.#fd), there)) throw new UnsafeFileError("CHANGED", name);
    } finally {
      moved.close();
    }
  }

  /** Lets the folder go. */
  close(): void {
    closeSync(this.#fd);
  }

  /** Goes down part by part; takes `from` over and closes what it leaves behind. */
  static #descend(from: HeldFolder, segments: readonly string[], ownersToo: boolean): HeldFolder {
    let at = from;
    for (const [index, name] of segments.entries()) {
      try {
        const next = at.#step(name, segments.slice(0, index + 1).join("/"), ownersToo);
        at.close();
        at = next;
      } catch (error) {
        at.close();
        throw error;
      }
    }
    return at;
  }

  #again(): HeldFolder {
    this.#check();
    const access = this.#parts === null ? O_PATH : constants.O_RDONLY;
    const fd = asUnsafe(".", () => openSync(this.#at, access | constants.O_DIRECTORY));
    return new HeldFolder(
      fd,
      this.#parts === null ? descriptorPath(fd) : this.#at,
      this.#parts,
      this.#owners,
    );
  }

  #step(name: string, path: string, ownersToo: boolean): HeldFolder {
    const full = this.#at + name;
    const seen = lookAt(full, path);
    if (seen === null) throw new UnsafeFileError("MISSING", path);
    if (seen.isSymbolicLink()) throw new UnsafeFileError("LINK", path);
    if (!seen.isDirectory()) throw new UnsafeFileError("NOT_REGULAR", path);
    const access = this.#parts === null ? O_PATH : constants.O_RDONLY;
    const fd = asUnsafe(path, () => openSync(full, access | constants.O_DIRECTORY | constants.O_NOFOLLOW));
    try {
      const stats = statOf(fd);
      if (!isSame(seen, stats)) throw new UnsafeFileError("CHANGED", path);
      if (ownersToo && !this.#owns(stats)) throw new UnsafeFileError("FOREIGN_OWNER", path);
      this.#check();
      return this.#parts === null
        ? new HeldFolder(fd, descriptorPath(fd), null, this.#owners)
        : new HeldFolder(fd, `${full}/`, [...this.#parts, { path: full, seen: stats }], this.#owners);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  #openFile(name: string, path: string, rules: FileRules): number {
    const full = this.#at + name;
    const seen = lookAt(full, path);
    if (seen === null) throw new UnsafeFileError("MISSING", path);
    this.#judge(seen, path, rules);
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const file =
      this.#parts === null
        ? openNamed(full, path, flags)
        : asUnsafe(path, () => openSync(full, flags | constants.O_NOFOLLOW));
    try {
      const stats = statOf(file);
      if (!isSame(seen, stats)) throw new UnsafeFileError("CHANGED", path);
      this.#judge(stats, path, rules);
      this.#check();
      return file;
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  #judge(stats: BigIntStats, path: string, { maxBytes, maxLinks = 1 }: FileRules): void {
    if (stats.isSymbolicLink()) throw new UnsafeFileError("LINK", path);
    if (!stats.isFile()) throw new UnsafeFileError("NOT_REGULAR", path);
    if (!this.#owns(stats)) throw new UnsafeFileError("FOREIGN_OWNER", path);
    if (stats.nlink > maxLinks) throw new UnsafeFileError("HARD_LINK", path);
    if (stats.size > maxBytes) throw new UnsafeFileError("TOO_LARGE", path);
  }

  #owns({ uid }: BigIntStats): boolean {
    return this.#owners.length === 0 || this.#owners.includes(Number(uid));
  }

  /** Without descriptor paths: every part is still what it was. */
  #check(): void {
    for (const { path, seen } of this.#parts ?? []) {
      const now = lookAt(path, path);
      if (now === null || !isSame(now, seen)) throw new UnsafeFileError("CHANGED", path);
    }
  }
}

/** Parts of a relative path. One that leaves the folder is refused. */
function segmentsOf(path: string): string[] {
  const segments = path.split("/").filter((name) => name !== "");
  if (segments.some((name) => name === "." || name === ".." || name.includes("\0")))
    throw new UnsafeFileError("LINK", path);
  return segments;
}

/** Opens what a name stands for once it was seen to be a regular file: a device or FIFO is never opened. */
function openNamed(full: string, path: string, flags: number): number {
  const named = asUnsafe(path, () => openSync(full, O_PATH | constants.O_NOFOLLOW));
  try {
    if (!statOf(named).isFile()) throw new UnsafeFileError("CHANGED", path);
    return asUnsafe(path, () => openSync(`/proc/self/fd/${named}`, flags));
  } finally {
    closeSync(named);
  }
}

function lookAt(full: string, path: string): BigIntStats | null {
  return asUnsafe(path, () => lstatSync(full, { bigint: true, throwIfNoEntry: false })) ?? null;
}

const statOf = (fd: number): BigIntStats => fstatSync(fd, { bigint: true });
const descriptorPath = (fd: number): string => `/proc/self/fd/${fd}/`;

function isSame(one: Identity, other: Identity): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

let known: boolean | null = null;
function hasDescriptorPaths(): boolean {
  known ??= platform() === "linux" && existsSync("/proc/self/fd");
  return known;
}
