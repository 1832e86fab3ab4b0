import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ALLOWED_PROBES, selfTestFaults } from "@stage6/evidence-interface";
import { expect, onTestFinished, test } from "vitest";
import { BRIDGE_FOLDER } from "../system-view.ts";
import { openStrictPlace } from "../testing/strict-profile.ts";
import { runTool } from "../../tools/run-tool.ts";
import { runSelfTest } from "./run-self-test.ts";
import { testStrictDriver } from "./test-strict-driver.ts";

test("without bounds all fifteen probes succeed; within them the three that must, and no other", async () => {
  const { driver } = await openStrictPlace(onTestFinished);
  const rows = await testStrictDriver(driver);
  expect(rows.filter(({ unbounded }) => unbounded !== "ok")).toEqual([]);
  expect(rows.filter(({ bounded }) => bounded === "ok").map(({ probe }) => probe)).toEqual(ALLOWED_PROBES);
  expect(selfTestFaults(rows)).toEqual([]);
});

test("a view that shows too much fails the self-test, by name of the probe", async () => {
  const { folder, profile } = await openStrictPlace(onTestFinished);
  mkdirSync(join(folder, "t"));
  const rows = await runSelfTest(profile([{ path: folder, writable: true }]), join(folder, "t"));
  expect(selfTestFaults(rows)).toEqual(
    ["write-outside", "read-credential", "unix-path-socket", "git-push"].map(
      (probe) => `${probe} succeeded within the bounds`,
    ),
  );
});

test("the self-test leaves nothing behind and does not touch the workspace", async () => {
  const { folder, workspace, profile } = await openStrictPlace(onTestFinished);
  const list = () =>
    runTool(["ls", "-lA", "--full-time", folder, workspace], {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      timeoutMs: 5000,
      maxBytes: 65_536,
    });
  mkdirSync(join(folder, "x"));
  await runSelfTest(profile(), join(folder, "x", "t"));
  expect((await list()).stdout.toString().match(/ t$/mu)).toBeNull();
});

test("inside a sandbox without user namespaces the probe says so instead of failing later", async () => {
  const { driver } = await openStrictPlace(onTestFinished);
  const root = join(BRIDGE_FOLDER, "../../..");
  const entry = `import("${root}/packages/bounds/src/strict/probe-strict.ts").then(({ probeStrict }) => probeStrict()).then((p) => console.log(p.code))`;
  const loose = "--unshare-user --disable-userns --unshare-all --bind / / --dev /dev --proc /proc";
  const node = [process.execPath, "--conditions=@stage6/source", "--import", import.meta.resolve("tsx")];
  const nested = await runTool(
    [driver.bwrap, ...loose.split(" "), ...node, "--input-type=module", "-e", entry],
    { cwd: root, env: { PATH: process.env["PATH"] ?? "" }, timeoutMs: 30_000, maxBytes: 65_536 },
  );
  expect(nested.stderr.toString()).toBe("");
  expect(nested.stdout.toString()).toBe("NESTED_SANDBOX\n");
});
