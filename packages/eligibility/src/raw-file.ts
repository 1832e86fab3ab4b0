/** A file as it lies in a harness root: nothing about it is believed yet. */
export interface RawFile {
  /** Path relative to the harness root, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}
