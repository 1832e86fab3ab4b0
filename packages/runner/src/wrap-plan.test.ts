import type { LanePlan } from "@stage6/lane-contract";
import { describe, expect, it } from "vitest";
import { wrapPlan } from "./wrap-plan.ts";

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
    const { argv, env, preflight } = wrapPlan(plan, { command: 'exec "$@"' }, "http://127.0.0.1:1");
    expect(argv).toEqual(["/bin/sh", "-c", 'exec "$@"', "stage6-wrapper", "/backend", "a b", "$(c)"]);
    expect(env).toEqual({ PATH: "/bin", STAGE6_GATEWAY: "http://127.0.0.1:1" });
    expect(preflight).toBeNull();
  });

  it("puts a preflight in place of the lane's own and leaves the command alone", () => {
    const wrapped = wrapPlan(plan, { preflight: "exit 1" }, null);
    expect(wrapped.argv).toEqual(plan.argv);
    expect(wrapped.preflight?.argv).toEqual(["/bin/sh", "-c", "exit 1"]);
    expect(wrapped.env).toEqual(plan.env);
  });
});
