import { tmpdir } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { FOUNDER, NOW } from "@stage6/eligibility/testing";
import { readGate } from "@stage6/validator";
import { writeGateRoot } from "@stage6/validator/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeContext } from "../command-context.ts";
import { checkDisk } from "./disk-space.ts";
import { checkHorizon } from "./expiry-horizon.ts";
import { checkFakeLane } from "./fake-smoke.ts";
import { checkProbes } from "./probe-planned.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6-health-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const context = () =>
  makeContext(
    {
      cwd: folder,
      env: {},
      out: () => undefined,
      err: () => undefined,
      color: false,
      now: () => Date.now(),
      interrupt: () => new AbortController().signal,
    },
    { harnessRoot: "harness" },
  );

it("R45: a healthy machine runs a trial of the fake lane and has room for evidence", async () => {
  expect(await checkFakeLane(context())).toMatchObject({ code: null });
  expect(await checkDisk(folder, 1)).toMatchObject({ code: null });
}, 120_000);

it("R45: a full disk (DISK_LOW), a near expiry (EXPIRY_NEAR) and a lane that is gone (LANE_UNAVAILABLE) are named", async () => {
  expect(await checkDisk(folder, Number.MAX_SAFE_INTEGER)).toMatchObject({ code: "DISK_LOW" });
  const { root, plan } = await writeGateRoot(join(folder, "harness"));
  const { documents } = await readGate({ root, now: NOW, founder: FOUNDER });
  if (documents === null) throw new Error("the root was not read");
  expect(checkHorizon(documents, NOW, 7)).toMatchObject({ code: null });
  expect(checkHorizon(documents, NOW, 90)).toMatchObject({ code: "EXPIRY_NEAR" });
  const places = { backends: join(folder, "none"), configured: {}, env: {}, protectedTrees: [] };
  expect(await checkProbes(plan, places)).toMatchObject({ code: "LANE_UNAVAILABLE" });
}, 120_000);
