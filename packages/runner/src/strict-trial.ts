import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { arch, release } from "node:os";
import { join } from "node:path";
import {
  openDoor,
  ownNamespaces,
  runBoundedTool,
  runSelfTest,
  superviseStrict,
  type Mount,
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
  readonly #backend: StrictProfile;
  #profileSha256: BoundsSelfTest["driver"]["profileSha256"] = null;
  #namespaces: BoundsSelfTest["namespaces"] = null;
  #before: BoundsSelfTest["before"] = null;
  #after: BoundsSelfTest["after"] = null;

  private constructor(driver: StrictDriver, folder: string, mounts: readonly Mount[]) {
    this.#driver = driver;
    this.#folder = folder;
    const { bwrap, system } = driver;
    this.#backend = { bwrap, system, mounts, door: null, seccompFile: join(folder, "seccomp") };
  }

  /** Prepares the bounds of a trial whose folders stand; `installation` is what the backend needs of itself. */
  static async prepare(
    driver: StrictDriver,
    folders: TrialFolders,
    installation: readonly string[],
  ): Promise<StrictTrial> {
    const strict = new StrictTrial(driver, folders.bounds, backendMounts(folders, installation));
    await writeFile(strict.#backend.seccompFile, driver.seccomp, { flag: "wx" });
    return strict;
  }

  /** Runs the self-test in the backend's own view. One that cannot run leaves no table, and so no proof. */
  async selfTest(when: "before" | "after"): Promise<void> {
    const rows = await runSelfTest(this.#backend, join(this.#folder, when)).catch(() => null);
    if (when === "before") this.#before = rows;
    else this.#after = rows;
  }

  /** Runs a lane's preflight as its backend will run; the exit code. */
  async preflight(
    argv: readonly string[],
    options: Parameters<typeof runBoundedTool>[2],
  ): Promise<number | null> {
    const status = join(this.#folder, "preflight");
    return (await runBoundedTool(this.#backend, argv, options, status)).exitCode;
  }

  /** Runs the backend; its only way out is the gateway, on the port that it has outside. */
  async superviseBackend(spec: ProcessSpec, gatewayUrl: string | null): Promise<ProcessEnd> {
    if (gatewayUrl === null) return this.#supervise(spec, this.#backend);
    const folder = join(this.#folder, "door");
    await mkdir(folder);
    const door = { port: Number(new URL(gatewayUrl).port), socket: join(folder, "s") };
    const opened = await openDoor(door);
    try {
      return await this.#supervise(spec, { ...this.#backend, door });
    } finally {
      await opened.close();
    }
  }

  /** Runs the oracle: the code it runs is the backend's work, so it is confined no less, and without a way out. */
  async superviseOracle(spec: ProcessSpec, tree: string, home: string): Promise<ProcessEnd> {
    const profile: StrictProfile = { ...this.#backend, mounts: oracleMounts(tree, home) };
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

  async #supervise(spec: ProcessSpec, profile: StrictProfile): Promise<ProcessEnd> {
    const { end, profileSha256, namespaces } = await superviseStrict(spec, profile, await this.#notes());
    const host = await ownNamespaces();
    this.#profileSha256 = profileSha256;
    this.#namespaces = host === null ? null : { host, backend: namespaces };
    return end;
  }

  #notes(): Promise<string> {
    return mkdtemp(join(this.#folder, "notes-"));
  }
}
