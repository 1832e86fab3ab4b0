import { mkdtemp } from "node:fs/promises";
import { arch, release } from "node:os";
import { join } from "node:path";
import {
  dedicatedUser,
  giveTo,
  ownNamespaces,
  runBoundedTool,
  runSelfTest,
  superviseStrict,
  type Door,
  type ProcessEnd,
  type ProcessSpec,
  type StrictDriver,
  type StrictProfile,
} from "@stage6/bounds";
import {
  boundsFaults,
  SCHEMA_VERSION,
  sha256,
  type BoundsSelfTest,
  type TrialRef,
} from "@stage6/evidence-interface";
import { backendMounts, oracleMounts } from "./strict-mounts.ts";
import type { TrialFolders } from "./trial-folders.ts";

/** The strict bounds of one trial: confines its processes, tests itself before and after, and keeps what shows it. */
export class StrictTrial {
  readonly #driver: StrictDriver;
  readonly #folder: string;
  readonly #laneDir: string;
  readonly #backend: StrictProfile;
  #profileSha256: BoundsSelfTest["driver"]["profileSha256"] = null;
  #memory: BoundsSelfTest["driver"]["memory"] = null;
  #namespaces: BoundsSelfTest["namespaces"] = null;
  #before: BoundsSelfTest["before"] = null;
  #after: BoundsSelfTest["after"] = null;

  private constructor(driver: StrictDriver, backend: StrictProfile, { bounds, laneDir }: TrialFolders) {
    this.#driver = driver;
    this.#backend = backend;
    this.#folder = bounds;
    this.#laneDir = laneDir;
  }

  /**
   * Prepares the bounds of a trial whose folders stand, and gives those that the backend writes to the user that it will
   * have; `installation` is what the backend needs of itself.
   */
  static async prepare(
    driver: StrictDriver,
    folders: TrialFolders,
    installation: readonly string[],
  ): Promise<StrictTrial> {
    const user = await dedicatedUser();
    const { workspace, home, tmp, remote } = folders;
    await giveTo(user, [workspace, home, tmp, remote]);
    return new StrictTrial(
      driver,
      { ...driver, user, mounts: backendMounts(folders, installation) },
      folders,
    );
  }

  /** Users besides the harness's own to whom files of the backend belong. */
  owners(): number[] {
    const { user } = this.#backend;
    return user === null ? [] : [user.uid];
  }

  /** Runs the self-test in the backend's own view; the one after takes its control from the one before. One that cannot run leaves no table, and so no proof. */
  async selfTest(when: "before" | "after"): Promise<void> {
    const control = when === "before" ? null : this.#before;
    const rows = await runSelfTest(this.#backend, join(this.#folder, when), control).catch(() => null);
    if (when === "before") this.#before = rows;
    else this.#after = rows;
  }

  /** Runs a lane's preflight as its backend will run; the exit code. */
  async preflight(
    argv: readonly string[],
    options: Parameters<typeof runBoundedTool>[2],
  ): Promise<number | null> {
    await this.#giveLaneDir();
    return (await runBoundedTool(this.#backend, argv, options, this.#folder)).exitCode;
  }

  /** Runs the backend; its only way out is the door. */
  async superviseBackend(spec: ProcessSpec, door: Door | null): Promise<ProcessEnd> {
    await this.#giveLaneDir();
    return this.#supervise(spec, this.#backend, door);
  }

  /** Runs the oracle: the code it runs is the backend's work, so it is confined no less, and without a way out. */
  async superviseOracle(spec: ProcessSpec, tree: string, home: string): Promise<ProcessEnd> {
    const profile: StrictProfile = { ...this.#backend, mounts: oracleMounts(tree, home) };
    await giveTo(profile.user, [tree, home]);
    return (await superviseStrict(spec, profile, await this.#notes())).end;
  }

  /** The evidence so far. */
  evidence(trial: TrialRef): BoundsSelfTest {
    return {
      schemaVersion: SCHEMA_VERSION,
      trial,
      driver: {
        name: "bubblewrap",
        version: this.#driver.bwrapVersion,
        kernel: release(),
        arch: arch(),
        seccompSha256: sha256(this.#driver.seccomp),
        landlock: this.#driver.landlock,
        user: this.#backend.user === null ? "mapped" : "dedicated",
        memory: this.#memory,
        profileSha256: this.#profileSha256,
      },
      namespaces: this.#namespaces,
      before: this.#before,
      after: this.#after,
    };
  }

  /** What keeps the evidence from proving anything. */
  faults(trial: TrialRef): string[] {
    return boundsFaults(this.evidence(trial));
  }

  async #supervise(spec: ProcessSpec, profile: StrictProfile, door: Door | null): Promise<ProcessEnd> {
    const { end, profileSha256, namespaces, memory } = await superviseStrict(
      spec,
      profile,
      await this.#notes(),
      door,
    );
    const host = await ownNamespaces();
    this.#profileSha256 = profileSha256;
    this.#memory = memory;
    this.#namespaces = host === null ? null : { host, backend: namespaces };
    return end;
  }

  /** The harness writes the lane's files after the bounds were prepared. */
  #giveLaneDir(): Promise<void> {
    return giveTo(this.#backend.user, [this.#laneDir]);
  }

  #notes(): Promise<string> {
    return mkdtemp(join(this.#folder, "notes-"));
  }
}
