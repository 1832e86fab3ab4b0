import { existsSync, readFileSync } from "node:fs";
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

  it("asks in an empty folder, with an empty home that is gone afterwards", async () => {
    const seen = join(folder, "seen");
    const lane = stubLane(
      folder,
      `fs.writeFileSync(${JSON.stringify(seen)}, JSON.stringify({
        keys: Object.keys(process.env), cwd: process.cwd(), home: process.env.HOME, files: fs.readdirSync(".") }));`,
    );
    await probeLane(lane, places());
    const found: { keys: string[]; files: string[]; home: string } = JSON.parse(readFileSync(seen, "utf8"));
    const allowed = ["HOME", "LANG", "PATH", "TMPDIR", "__CF_USER_TEXT_ENCODING"];
    expect(found.keys.filter((key) => !allowed.includes(key))).toEqual([]);
    expect(found.files).toEqual([]);
    expect(existsSync(found.home)).toBe(false);
  });

  it("hands on the reason of a backend that answers badly", async () => {
    expect(await probeLane(stubLane(folder, "process.exit(3);"), places())).toEqual({
      lane: "stub",
      state: "blocked",
      code: "PROBE_FAILED",
      detail: "it failed",
      remedy: "Mend it.",
    });
  });

  it("blocks a lane whose file is no executable", async () => {
    writeFiles(folder, { plain: "no program\n" });
    expect(await probeLane(stubLane(folder, ""), places(join(folder, "plain")))).toMatchObject({
      state: "blocked",
      code: "PROBE_FAILED",
      detail: "the stub backend could not be started",
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
