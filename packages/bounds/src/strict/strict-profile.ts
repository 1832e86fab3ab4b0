import type { NumericUser } from "./launch/launch-program.ts";
import type { FilterArch } from "./seccomp/system-calls.ts";

/** One path of the host in the sandbox's view, at the same place. */
export interface Mount {
  readonly path: string;
  readonly writable: boolean;
  /** Where it lies on the host, when that is elsewhere. */
  readonly from?: string;
}

/** A link of the host's root that the sandbox has too, such as `/bin` to `usr/bin`. */
export interface RootLink {
  readonly path: string;
  readonly target: string;
}

/** What every sandbox on this host looks like: the system, read-only, and nothing of the user's. */
export interface SystemView {
  readonly links: readonly RootLink[];
  readonly mounts: readonly Mount[];
  /** Entries of the host's `/proc` that a sandbox sees empty or read-only. */
  readonly kernel: KernelView;
}

/** Entries of `/proc` by what a sandbox makes of them. */
export interface KernelView {
  /** Folders that are there to be read, such as `/proc/sys`. */
  readonly readOnly: readonly string[];
  /** Folders that are empty. */
  readonly emptyFolders: readonly string[];
  /** Files that are empty. */
  readonly emptyFiles: readonly string[];
}

/** Everything that one kind of sandboxed process may see and do. */
export interface StrictProfile {
  /** Absolute path of bubblewrap. */
  readonly bwrap: string;
  readonly arch: FilterArch;
  readonly system: SystemView;
  /** The seccomp filter, as the kernel reads it. */
  readonly seccomp: Buffer;
  /** Version of the kernel's Landlock interface; 0 for none. */
  readonly landlock: number;
  /**
   * Whom the command runs as, for a harness that is root: it has to own the writable mounts. Null for any other harness,
   * whose own user the sandbox's user namespace renames.
   */
  readonly user: NumericUser | null;
  /** In order: a later mount lies over an earlier one. */
  readonly mounts: readonly Mount[];
}
