import { basename, isAbsolute } from "node:path";

/** What must not show in a recorded command line. */
export interface HiddenPaths {
  /** Folder of the trial, shown as `$TRIAL`. */
  readonly scratch: string;
  /** How the backend is started; every absolute path of it is shown as `$BACKEND/<file name>`. */
  readonly backend: { readonly executable: string; readonly args: readonly string[] };
}

/** A command line as evidence shows it: where a machine keeps the trial and the backend says nothing, and differs on every machine. */
export function shownArgv(argv: readonly string[], { scratch, backend }: HiddenPaths): string[] {
  const paths = [backend.executable, ...backend.args].filter((path) => isAbsolute(path));
  // The longest first: one path may be the beginning of another.
  const hidden = [...new Set(paths)].toSorted((a, b) => b.length - a.length);
  return argv.map((arg) =>
    hidden
      .reduce((text, path) => text.replaceAll(path, () => `$BACKEND/${basename(path)}`), arg)
      .replaceAll(scratch, () => "$TRIAL"),
  );
}
