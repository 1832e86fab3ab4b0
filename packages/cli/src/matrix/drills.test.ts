import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { cover, DRILLS, knownMatrix, matrixOf, rowFixture, type Drill } from "@stage6/failure-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeLanes } from "../probe-lanes.ts";
import { isAvailable, DrillScene, type AvailableLane } from "./drill-scene.ts";
import { runDrill, runnerWith, type DrilledRunner } from "./drills.ts";
import { SOURCE_ROW } from "./record-injections.ts";
import { writeRowFixtures } from "./write-row-fixtures.ts";

const RUNNER = runnerWith(["--conditions=@stage6/source", `--import=${import.meta.resolve("tsx")}`]);
const NOW = "2026-01-01T00:00:00.000Z";
const { rows } = knownMatrix();

/** A runner whose process leaves the root in another state than it did: as one without a defence would have. */
function leaving(edit: (scene: DrillScene) => void): DrilledRunner {
  return {
    ...RUNNER,
    start(scene, shell) {
      const child = RUNNER.start(scene, shell);
      child.once("exit", () => edit(scene));
      return child;
    },
  };
}

/** What was recorded until then stands where the bundle belongs. */
const writingInPlace = leaving((scene) => {
  const { staging } = rootLayout(scene.root);
  const [half = ""] = readdirSync(staging);
  cpSync(join(staging, half), scene.bundle, { recursive: true });
});
const announcingNothing = leaving(({ root }) => rmSync(rootLayout(root).attempts, { recursive: true }));
const neverAgain: DrilledRunner = { ...RUNNER, runPlan: () => Promise.resolve() };

const GOES_WRONG: Unguarded = [
  ["writes where the bundle belongs", writingInPlace, ["INTENT_KEPT"]],
  ["announces no attempt", announcingNothing, ["NO_BUNDLE"]],
  ["does not go on where it stopped", neverAgain, ["INTENT_KEPT", "NO_BUNDLE"]],
];

/** Runners that lack one defence each, and the codes that can still be given. */
type Unguarded = readonly (readonly [string, DrilledRunner, readonly string[]])[];
const UNGUARDED: Readonly<Record<Drill, Unguarded>> = {
  "runner-killed": GOES_WRONG,
  "disk-full": GOES_WRONG,
  "trial-reused": [
    [
      "puts the second bundle in place of the first",
      {
        ...RUNNER,
        async runTrial(scene) {
          await rm(scene.bundle, { recursive: true });
          await RUNNER.runTrial(scene);
        },
      },
      [],
    ],
  ],
  "backend-changed": [
    ["runs whatever backend is there", { ...RUNNER, runPlan: (scene) => RUNNER.runTrial(scene) }, []],
  ],
};
const CASES = DRILLS.flatMap((drill) =>
  UNGUARDED[drill].map(([name, runner, left]) => ({ drill, name, runner, left })),
);

describe("a drill", () => {
  let folder = "";
  let fake: AvailableLane;
  const { privateKey } = generateKeyPairSync("ed25519");

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "stage6-drills-"));
    await writeRowFixtures(folder, matrixOf(rows.filter(({ id }) => id === SOURCE_ROW)));
    const found = await probeLanes(["fake"], {
      backends: folder,
      configured: {},
      env: {},
      protectedTrees: [],
    });
    const lane = found.find((one) => one.kind === "probed");
    if (lane === undefined || !isAvailable(lane)) throw new Error("no fake lane");
    fake = lane;
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

  it.each(CASES)(
    "$drill turns its row red for a runner that $name",
    async ({ drill, runner, left }) => {
      const row = rows.find(({ id }) => id === SOURCE_ROW);
      const at = row?.ways.findIndex(({ lanes }) => lanes.includes("fake")) ?? -1;
      if (row === undefined) throw new Error("no row");
      const scene = await DrillScene.make(join(folder, rowFixture(row, at).id), fake, privateKey);
      let codes: string[];
      try {
        codes = await runDrill(drill, scene, runner);
      } finally {
        await scene.remove();
      }
      expect(codes).toEqual(left);
      const { adapterVersion } = fake.lane;
      const standing = { id: "fake", blocked: null, adapterVersion, backendSha256: null };
      for (const one of rows)
        for (const [way, { injector }] of one.ways.entries()) {
          if (injector.kind !== "runner-drill" || injector.drill !== drill) continue;
          const record = { row: one.id, lane: "fake", way, path: "x", sha256: null, codes, fault: null };
          const { cells } = cover({
            matrix: matrixOf([one]),
            blocks: [],
            evidence: [{ kind: "injection", ...record }],
            lanes: [standing],
            strict: true,
            now: NOW,
          });
          expect(cells).toMatchObject([{ row: one.id, state: "wrong-closure" }]);
        }
    },
    120_000,
  );
});
