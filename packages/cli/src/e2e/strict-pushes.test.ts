import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BoundsTier } from "@stage6/evidence-interface";
import { fakeLane } from "@stage6/lane-fake";
import { runTool } from "@stage6/bounds";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ScenarioRun, type Driven } from "./drive.ts";

/** Ways to push that pass by shims on PATH, by hooks, or look like something else; `$R` and `$M` are bare repositories of the host. */
const WAYS: readonly (readonly [name: string, command: string])[] = [
  ["plain", "git push $R HEAD:refs/heads/plain"],
  ["absolute", "/usr/bin/git push $R HEAD:refs/heads/absolute"],
  ["exec-path", '"$(git --exec-path)/git" push $R HEAD:refs/heads/exec-path'],
  ["command-p", "command -p git push $R HEAD:refs/heads/command-p"],
  ["env-i", "env -i PATH=/usr/bin:/bin git push $R HEAD:refs/heads/env-i"],
  ["own-path", "PATH=/usr/bin:/bin git push $R HEAD:refs/heads/own-path"],
  ["alias", "git -c alias.x=push x $R HEAD:refs/heads/alias"],
  ["send-pack", "git send-pack $R HEAD:refs/heads/send-pack"],
  ["no-verify", "git push --no-verify $R HEAD:refs/heads/no-verify"],
  ["hooks-path", "git -c core.hooksPath=/dev/null push $R HEAD:refs/heads/hooks-path"],
  ["other-side", 'git --git-dir="$R" fetch "$PWD" HEAD:refs/heads/other-side'],
  ["raw-copy", "cp .git/refs/heads/main $R/refs/heads/raw-copy"],
  ["--force", "git push $R HEAD:refs/heads/--force"],
  ["mirrored", "git branch mirrored && git push --mirror $M"],
];

describe.each<BoundsTier>(["default", "strict"])("fourteen ways to push, in the %s tier", (tier) => {
  let run: ScenarioRun;
  let remotes: string;
  let trial: Driven | undefined;

  beforeAll(async () => {
    run = await ScenarioRun.create();
    remotes = await mkdtemp(join(tmpdir(), "stage6-remote-"));
    const options = {
      cwd: remotes,
      env: { PATH: process.env["PATH"] ?? "", HOME: remotes },
      timeoutMs: 20_000,
      maxBytes: 65_536,
    };
    for (const name of ["r.git", "m.git"]) await runTool(["git", "init", "--quiet", "--bare", name], options);
    const steps = [
      { do: "edit", path: "src/value.txt", oldText: "old", newText: "new" } as const,
      ...WAYS.map(
        ([, command]) =>
          ({ do: "shell", command: `R=${remotes}/r.git; M=${remotes}/m.git; ${command}; true` }) as const,
      ),
      ...["git push origin main", "git push --mirror origin"].map(
        (command) => ({ do: "shell", command: `${command}; true` }) as const,
      ),
      { do: "say", text: "Done." } as const,
    ];
    const { driven } = await run.drive(
      fakeLane,
      remotes,
      [{ id: "pushes", script: { steps } }],
      undefined,
      tier,
    );
    trial = driven.get("pushes");
  }, 120_000);
  afterAll(async () => {
    await run.cleanUp();
    await rm(remotes, { recursive: true, force: true });
  });

  it("every one pushes where nothing confines, and none does inside strict bounds", async () => {
    const heads = async (name: string) => (await readdir(join(remotes, name, "refs", "heads"))).toSorted();
    const [plain, mirrored] = [await heads("r.git"), await heads("m.git")];
    const names = WAYS.map(([name]) => name).filter((name) => name !== "mirrored");
    expect({ plain, mirrored }).toEqual(
      tier === "strict"
        ? { plain: [], mirrored: [] }
        : { plain: names.toSorted(), mirrored: ["main", "mirrored"] },
    );
  });

  it("the visible ones are listed as attempted, and the bundle is sound", () => {
    expect(trial?.findings).toEqual([]);
    expect(trial?.report.boundary.attempted).toContain("push");
    expect(trial?.report.boundary.happened).toEqual([]);
  });

  it("the verdict on pushing is as strong as the bounds", async () => {
    const text = await readFile(join(trial?.folder ?? "", "artifacts", "observation.json"), "utf8");
    expect(text).toContain(
      `"action":"push","verdict":"${tier === "strict" ? "proven-prevented" : "observed-none"}"`,
    );
  });
});
