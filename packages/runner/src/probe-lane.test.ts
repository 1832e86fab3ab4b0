import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Lane } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probeLane } from "./probe-lane.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { writeFiles } from "./testing/trial-root.ts";

let folder: string;
beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => removeTempFolder(folder));

const places = (configured: string | null = null) => ({ configured, backendsDir: join(folder, "backends") });

describe("probing a lane", () => {
  it("gives the version that the backend prints", async () => {
    const lane = stubLane(folder, `if (process.argv[2] === "--version") console.log("4.5.6");`);
    expect(await probeLane(lane, places())).toMatchObject({
      lane: "stub",
      state: "available",
      version: "4.5.6",
      note: null,
      backend: { source: "bundled" },
    });
  });

  it("asks within strict bounds, and says so", async () => {
    const lane = stubLane(
      folder,
      `try { fs.writeFileSync(${JSON.stringify(join(folder, "left"))}, "x"); } catch {} console.log("1.0.0");`,
    );
    expect(await probeLane(lane, places())).toMatchObject({ state: "available", confined: true });
    expect(existsSync(join(folder, "left"))).toBe(false);
  });

  it("R41: on a host without strict bounds says that the backend ran unconfined", async () => {
    const lane = stubLane(
      folder,
      `fs.writeFileSync(${JSON.stringify(join(folder, "left"))}, "x"); console.log("1.0.0");`,
    );
    expect(await probeLane(lane, places(), { driver: null, protectedTrees: [] })).toMatchObject({
      state: "available",
      confined: false,
    });
    expect(existsSync(join(folder, "left"))).toBe(true);
  });

  it.each(["core/file", "core/.git/config", "core/new"])(
    "R15, R16, R41: a protected tree in which an unconfined backend changes %s blocks its lane (PROBE_TRESPASSED)",
    async (file) => {
      writeFiles(folder, { "core/file": "v1\n", "core/.git/config": "v1\n" });
      const protectedTrees = [{ name: "core", kind: "core", path: join(folder, "core") }] as const;
      const lane = stubLane(
        folder,
        `fs.writeFileSync(${JSON.stringify(join(folder, file))}, "v2\\n"); console.log("1.0.0");`,
      );
      const probed = await probeLane(lane, places(), { driver: null, protectedTrees });
      expect(probed).toMatchObject({ state: "blocked", code: "PROBE_TRESPASSED", confined: false });
    },
  );

  it("R41: a backend that answers and leaves a process running is blocked", async () => {
    const lane = stubLane(
      folder,
      `spawn("sleep", ["60"], { detached: true, stdio: "ignore" }).unref(); console.log("1.0.0");`,
    );
    const probed = await probeLane(lane, places(), { driver: null, protectedTrees: [] });
    expect(probed).toMatchObject({ state: "blocked", code: "PROBE_FAILED", confined: false });
    expect(probed.state === "blocked" && probed.detail).toContain("left 1 processes running");
  });

  it("hands on the reason of a backend that answers badly", async () => {
    expect(await probeLane(stubLane(folder, "process.exit(3);"), places())).toEqual({
      lane: "stub",
      state: "blocked",
      code: "PROBE_FAILED",
      detail: expect.stringMatching(/^it failed \(in strict bounds: no network/u),
      confined: true,
      remedy: "Mend it.",
    });
  });

  it("blocks a lane whose file is no executable", async () => {
    writeFiles(folder, { plain: "no program\n" });
    expect(await probeLane(stubLane(folder, ""), places(join(folder, "plain")))).toMatchObject({
      state: "blocked",
      code: "PROBE_FAILED",
    });
  });

  it("blocks a lane whose reading throws", async () => {
    const lane: Lane = {
      ...stubLane(folder, ""),
      probe: {
        args: [],
        read: () => {
          throw new Error("bug");
        },
      },
    };
    expect(await probeLane(lane, places())).toMatchObject({ state: "blocked", code: "PROBE_FAILED" });
  });

  it("blocks a lane whose backend is missing, with the step to take", async () => {
    expect(await probeLane(stubLane(folder, ""), places(join(folder, "nothing")))).toMatchObject({
      state: "blocked",
      code: "BACKEND_MISSING",
      remedy: "Correct backends.stub in harness.json.",
    });
  });
});
