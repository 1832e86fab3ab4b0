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
}

/** One way in: a port of the sandbox's loopback, piped to a unix socket that the harness listens on. */
export interface Door {
  readonly port: number;
  /** Absolute path, at most 107 bytes, in a folder that holds nothing else. */
  readonly socket: string;
}

/** Everything that one kind of sandboxed process may see. */
export interface StrictProfile {
  /** Absolute path of bubblewrap. */
  readonly bwrap: string;
  readonly system: SystemView;
  /** In order: a later mount lies over an earlier one. */
  readonly mounts: readonly Mount[];
  readonly door: Door | null;
  /** File with the seccomp filter, outside the view. */
  readonly seccompFile: string;
}
