import { randomBytes, type KeyObject } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrialPlan, TrialRef } from "@stage6/evidence-interface";
import { rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import { PROFILE_SETTINGS } from "@stage6/failure-matrix";
import {
  makePlan,
  readFixture,
  sealPlan,
  type LaneCandidate,
  type LoadedFixture,
  type ReadyLane,
} from "@stage6/runner";
import { SCRIPTED_MODEL } from "../plan-root.ts";
import { TOOL } from "../tool.ts";

type Probed = Extract<LaneCandidate, { kind: "probed" }>;
/** A lane that is there, as its probe found it. */
export type AvailableLane = Probed & { readonly probed: Extract<Probed["probed"], { state: "available" }> };

/** Whether a lane is there to be driven. */
export function isAvailable(candidate: LaneCandidate): candidate is AvailableLane {
  return candidate.kind === "probed" && candidate.probed.state === "available";
}

/** A root of its own with one trial due, in which the runner can be disturbed. */
export class DrillScene {
  readonly root: string;
  readonly plan: TrialPlan;
  readonly trial: TrialRef;
  readonly fixture: LoadedFixture;
  readonly lane: ReadyLane;
  readonly key: KeyObject;

  private constructor(scene: Pick<DrillScene, "root" | "plan" | "trial" | "fixture" | "lane" | "key">) {
    this.root = scene.root;
    this.plan = scene.plan;
    this.trial = scene.trial;
    this.fixture = scene.fixture;
    this.lane = scene.lane;
    this.key = scene.key;
  }

  /** Prepares the trial of one lane on a fixture that lies in `fixtureFolder`. */
  static async make(fixtureFolder: string, candidate: AvailableLane, key: KeyObject): Promise<DrillScene> {
    const root = await mkdtemp(join(tmpdir(), `stage6-drill-${randomBytes(4).toString("hex")}-`));
    const layout = rootLayout(root);
    for (const folder of [layout.fixtures, layout.attempts, layout.runs]) await mkdir(folder);
    const loaded = await readFixture(fixtureFolder);
    await cp(fixtureFolder, join(layout.fixtures, loaded.fixture.id), { recursive: true });
    const { limits, tier } = PROFILE_SETTINGS.ordinary;
    const plan = makePlan({
      createdAt: "2026-01-01T00:00:00.000Z",
      harness: TOOL,
      candidate: candidate.lane.id,
      evidenceClass: "scripted",
      model: SCRIPTED_MODEL,
      policyDigest: `sha256:${"0".repeat(64)}`,
      bounds: { tier, requested: tier, reason: "drill" },
      limits,
      trialsPerCell: 1,
      lanes: [candidate],
      fixtures: [loaded],
    });
    const { id: fixture } = loaded.fixture;
    const { backend, version } = candidate.probed;
    const ready = { lane: candidate.lane, backend, version };
    const trial = { planId: sealPlan(plan).id, lane: candidate.lane.id, fixture, number: 1 };
    return new DrillScene({ root, plan, trial, fixture: loaded, lane: ready, key });
  }

  /** Folder where the trial's bundle belongs. */
  get bundle(): string {
    return join(rootLayout(this.root).runs, trialPath(this.trial));
  }

  /** Whether anything stands where the bundle belongs. */
  async hasBundle(): Promise<boolean> {
    return stat(this.bundle).then(
      () => true,
      () => false,
    );
  }

  /** Names of the attempts that were announced, sorted. */
  async attempts(): Promise<readonly string[]> {
    const folder = join(rootLayout(this.root).attempts, trialPath(this.trial));
    const names: string[] = await readdir(folder).catch(() => []);
    return names.toSorted((one, other) => (one < other ? -1 : 1));
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}
