import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256 } from "@stage6/evidence-interface";
import type { BackendSource, Lane } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateBackend } from "./locate-backend.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { writeFiles } from "./testing/trial-root.ts";

let folder: string;
beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => removeTempFolder(folder));

/** A lane of an npm package whose manifest is the path of its binary. */
function npmLane(manifests: readonly string[] = ["old/manifest", "new/manifest"]): Lane {
  const backend: BackendSource = {
    kind: "npm-native",
    folder: "tool",
    manifests: () => manifests,
    entrypoint: (text) => (text === "" ? null : text),
  };
  return { ...stubLane(folder, ""), backend };
}

const places = (configured: string | null = null) => ({ configured, backendsDir: join(folder, "backends") });
const MODULES = "backends/tool/node_modules";

describe("locating a backend", () => {
  it("finds a script of the lane, run by this Node", async () => {
    const found = await locateBackend(stubLane(folder, "done();"), places());
    expect(found).toMatchObject({
      ok: true,
      backend: { executable: process.execPath, args: [join(folder, "stub-backend.mjs")], source: "bundled" },
    });
  });

  it("finds an installed binary by the first manifest that leads to one", async () => {
    writeFiles(folder, { [`${MODULES}/new/manifest`]: "bin/run", [`${MODULES}/new/bin/run`]: "binary" });
    expect(await locateBackend(npmLane(), places())).toEqual({
      ok: true,
      backend: {
        executable: join(folder, MODULES, "new/bin/run"),
        args: [],
        sha256: sha256("binary"),
        installation: [join(folder, MODULES)],
        source: "backends-folder",
      },
    });
  });

  it("takes the operator's own binary before every other", async () => {
    writeFiles(folder, {
      own: "own binary",
      [`${MODULES}/new/manifest`]: "run",
      [`${MODULES}/new/run`]: "x",
    });
    for (const lane of [npmLane(), stubLane(folder, "")])
      expect(await locateBackend(lane, places(join(folder, "own")))).toMatchObject({
        ok: true,
        backend: {
          executable: join(folder, "own"),
          args: [],
          sha256: sha256("own binary"),
          source: "config",
        },
      });
  });

  it("does not fall back when the operator's own binary is missing or a folder", async () => {
    writeFiles(folder, { [`${MODULES}/new/manifest`]: "run", [`${MODULES}/new/run`]: "x" });
    for (const path of [join(folder, "nothing"), folder])
      expect(await locateBackend(npmLane(), places(path))).toMatchObject({
        ok: false,
        code: "BACKEND_MISSING",
        remedy: "Correct backends.stub in harness.json.",
      });
  });

  it("says what to install when nothing is there", async () => {
    expect(await locateBackend(npmLane(), places())).toMatchObject({
      ok: false,
      code: "BACKEND_MISSING",
      remedy: "stage6 backends install tool",
    });
  });

  it("says that the platform has no binary", async () => {
    expect(await locateBackend(npmLane([]), places())).toMatchObject({
      ok: false,
      code: "PLATFORM_UNSUPPORTED",
    });
  });

  it.each(["../../../../outside", "../../../..", "../../../../backends/tool/other"])(
    "refuses an entrypoint that leaves the folder: %s",
    async (entry) => {
      writeFiles(folder, {
        outside: "x",
        "backends/tool/other": "x",
        [`${MODULES}/new/manifest`]: entry,
        [`${MODULES}/old/manifest`]: "",
      });
      expect(await locateBackend(npmLane(), places())).toMatchObject({ ok: false, code: "BACKEND_MISSING" });
    },
  );

  it("passes over a manifest that leads to no file", async () => {
    writeFiles(folder, { [`${MODULES}/old/manifest`]: "run", [`${MODULES}/new/manifest`]: "sub" });
    mkdirSync(join(folder, MODULES, "new/sub"));
    expect(await locateBackend(npmLane(), places())).toMatchObject({ ok: false, code: "BACKEND_MISSING" });
  });

  it("tells a backend that cannot be read", async () => {
    const url = pathToFileURL(join(folder, "gone.mjs")).href;
    const lane: Lane = { ...stubLane(folder, ""), backend: { kind: "node-script", url } };
    expect(await locateBackend(lane, places())).toMatchObject({ ok: false, code: "BACKEND_UNREADABLE" });
  });
});
