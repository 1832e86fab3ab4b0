import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LanePlan } from "@stage6/lane-contract";
import { describe, expect, it } from "vitest";
import { wrapPlan } from "./wrap-plan.ts";

const PLACES = { laneDir: "/trial/lane", home: "/trial/home" };
const plan: LanePlan = {
  files: [],
  argv: ["/backend", "a b", "$(c)"],
  cwd: "workspace",
  env: { PATH: "/bin" },
  stdin: null,
  preflight: null,
  collect: [],
  refuseWhenPresent: [],
};

describe("wrapPlan", () => {
  it("gives the shell the backend's command as arguments, none of it read as shell text", () => {
    const { argv, env, preflight } = wrapPlan(
      plan,
      { command: 'exec "$@"' },
      { ...PLACES, gatewayUrl: "http://127.0.0.1:1" },
    );
    expect(argv).toEqual(["/bin/sh", "-c", 'exec "$@"', "stage6-wrapper", "/backend", "a b", "$(c)"]);
    expect(env).toEqual({
      PATH: "/bin",
      STAGE6_GATEWAY: "http://127.0.0.1:1",
      STAGE6_HOME: "/trial/home",
    });
    expect(preflight).toBeNull();
  });

  it("puts a preflight in place of the lane's own and leaves the command alone", () => {
    const wrapped = wrapPlan(plan, { preflight: "exit 1" }, { ...PLACES, gatewayUrl: null });
    expect(wrapped.argv).toEqual(plan.argv);
    expect(wrapped.preflight?.argv).toEqual(["/bin/sh", "-c", "exit 1"]);
    expect(wrapped.env).toEqual({ ...plan.env, STAGE6_HOME: "/trial/home" });
  });

  it("stands in the target while a backend that works elsewhere starts in its own folder, under the same process id", () => {
    const folder = mkdtempSync(join(tmpdir(), "stage6 wrap-"));
    try {
      const [laneDir, workspace] = ["lane's own", "workspace"].map((name) =>
        join(realpathSync(folder), name),
      );
      if (laneDir === undefined || workspace === undefined) throw new Error("no folders");
      for (const path of [laneDir, workspace]) mkdirSync(path);
      const elsewhere: LanePlan = { ...plan, cwd: "lane-dir", argv: ["/bin/sh", "-c", "echo $$ $PWD"] };
      const wrapped = wrapPlan(
        elsewhere,
        { command: 'pwd; "$@" & echo $!; wait' },
        { ...PLACES, laneDir, gatewayUrl: null },
      );
      expect(wrapped.cwd).toBe("workspace");
      const [program = "", ...args] = wrapped.argv;
      const { stdout } = spawnSync(program, args, { cwd: workspace, encoding: "utf8", timeout: 10_000 });
      const [target, started, ...backend] = stdout.trim().split("\n");
      expect(target).toBe(workspace);
      expect(backend).toEqual([`${started ?? ""} ${laneDir}`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
