/** Never a path of this machine: only claims quote the workspace, and a translation that is made again has none. */
export const AGAIN_WORKSPACE = "/workspace";

/** Name of the stream in a raw file's name, `<stream>.raw`; null when it is none. */
export function streamOf(file: string): string | null {
  return /^([a-z][a-z0-9-]*)\.raw$/.exec(file)?.[1] ?? null;
}

/** Streams in the order in which a trial hands them over: those of the process first, then collected ones by name. */
export function orderStreams(names: readonly string[]): string[] {
  const first = ["stdout", "stderr"].filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => !first.includes(name)).toSorted()];
}
