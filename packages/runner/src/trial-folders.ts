import { chmod, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Private folders of one trial outside the harness root; gone when the trial is over. */
export interface TrialFolders {
  readonly scratch: string;
  /** Parent of the clone: watched, because an agent that leaves the clone lands here first. */
  readonly surroundings: string;
  readonly workspace: string;
  readonly laneDir: string;
  readonly home: string;
  readonly tmp: string;
  readonly shims: string;
  readonly remote: string;
  readonly oracle: string;
  readonly patch: string;
  /** What the strict bounds need beside the backend's view: filter, sockets, notes, self-test. */
  readonly bounds: string;
}

/** Makes the folders of a trial below the system's temp folder (or `parent`), as real paths: Codex refuses a path through a link. */
export async function makeTrialFolders(parent: string = tmpdir()): Promise<TrialFolders> {
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(await realpath(parent), "stage6-trial-"));
  const at = (name: string): string => join(scratch, name);
  const folders: TrialFolders = {
    scratch,
    surroundings: at("target"),
    workspace: join(scratch, "target", "repo"),
    laneDir: at("lane"),
    home: at("home"),
    // Beside the lane's folder, never above it: Codex cannot start its sandbox from a home inside the temp folder.
    tmp: at("tmp"),
    shims: at("shims"),
    remote: at("remote"),
    oracle: at("oracle"),
    patch: at("patch"),
    bounds: at("bounds"),
  };
  for (const path of [
    folders.surroundings,
    folders.laneDir,
    folders.home,
    folders.tmp,
    folders.shims,
    folders.remote,
    folders.oracle,
    folders.patch,
    folders.bounds,
  ])
    await mkdir(path);
  // Another user than the harness's may have to read them, whatever the harness's umask says.
  for (const path of [folders.surroundings, folders.shims, folders.remote]) await chmod(path, 0o755);
  return folders;
}

/** Removes the folders of a trial; a survivor that still writes there may make that fail, which is reported and not fatal. */
export async function removeTrialFolders(folders: TrialFolders): Promise<boolean> {
  try {
    await rm(folders.scratch, { recursive: true, force: true, maxRetries: 3 });
    return true;
  } catch {
    return false;
  }
}
