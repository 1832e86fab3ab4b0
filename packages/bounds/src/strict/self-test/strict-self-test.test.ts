import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ALLOWED_PROBES, selfTestFaults } from "@stage6/evidence-interface";
import { expect, onTestFinished, test } from "vitest";
import { openStrictPlace } from "../testing/strict-profile.ts";
import { runTool } from "../../tools/run-tool.ts";
import { runSelfTest } from "./run-self-test.ts";
import { testStrictDriver } from "./test-strict-driver.ts";

test("without bounds all probes succeed; within them the three that must, and no other", async () => {
  const { driver } = await openStrictPlace(onTestFinished);
  const rows = await testStrictDriver(driver);
  expect(rows.filter(({ unbounded }) => unbounded !== "ok")).toEqual([]);
  expect(rows.filter(({ bounded }) => bounded === "ok").map(({ probe }) => probe)).toEqual(ALLOWED_PROBES);
  expect(selfTestFaults(rows)).toEqual([]);
});

test("a view that shows too much fails the self-test, by name of the probe", async () => {
  const { driver, folder, profile } = await openStrictPlace(onTestFinished);
  mkdirSync(join(folder, "t"));
  const wide = profile([{ path: folder, writable: true }]);
  // A dedicated user could not use what it sees; the host's root can, and being it is a fault of its own.
  const user = driver.user === null ? null : { uid: 0, gid: 0 };
  const rows = await runSelfTest({ ...wide, user }, join(folder, "t"));
  const root = user === null ? [] : ["hold-capability"];
  expect(selfTestFaults(rows)).toEqual(
    ["write-outside", "read-credential", "unix-path-socket", "git-push", ...root].map(
      (probe) => `${probe} succeeded within the bounds`,
    ),
  );
});

test.each([
  [
    "a /proc as the kernel makes it",
    { kernel: { readOnly: [], emptyFolders: [], emptyFiles: [] } },
    ["read-kernel-state"],
  ],
])("a sandbox with %s fails the self-test, by name of the probe", async (_name, system, probes) => {
  const { profile, folder } = await openStrictPlace(onTestFinished);
  const base = profile();
  const rows = await runSelfTest({ ...base, system: { ...base.system, ...system } }, join(folder, "t"));
  expect(selfTestFaults(rows)).toEqual(probes.map((probe) => `${probe} succeeded within the bounds`));
});

test.runIf(process.getuid?.() === 0)(
  "the host's root in a sandbox whose /proc is as the kernel makes it writes kernel settings",
  async () => {
    const { profile, folder } = await openStrictPlace(onTestFinished);
    const base = profile();
    const system = { ...base.system, kernel: { readOnly: [], emptyFolders: [], emptyFiles: [] } };
    const root = { ...base, system, user: { uid: 0, gid: 0 } };
    const found = async (landlock: number) =>
      selfTestFaults(await runSelfTest({ ...root, landlock }, join(folder, `t-${landlock}`))).map(
        (fault) => fault.split(" ")[0],
      );
    expect(await found(0)).toEqual([
      "write-kernel-setting",
      "read-kernel-state",
      "open-helper-file",
      "hold-capability",
    ]);
    // The second wall holds where the first one is missing.
    if (base.landlock > 0)
      expect(await found(base.landlock)).toEqual(["read-kernel-state", "hold-capability"]);
  },
);

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
  const root = fileURLToPath(new URL("../../../../..", import.meta.url));
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
