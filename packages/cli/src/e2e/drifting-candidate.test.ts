import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codexLane } from "@stage6/lane-codex";
import { probeLane } from "@stage6/runner";
import { writeStrictBytes } from "@stage6/evidence-interface";
import { shellQuote } from "@stage6/lane-contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "../testing/run-stage6.ts";
import { ensureBackend } from "./drive.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
}, 900_000);
afterAll(async () => sandbox.remove());

/** The real Codex as a version to come might be: it calls itself newer, and a field of every command has another name. */
async function newerCodex(): Promise<string> {
  const backendsDir = await ensureBackend("codex");
  const probed = await probeLane(codexLane, { configured: null, backendsDir, env: process.env });
  if (probed.state !== "available") throw new Error(probed.detail);
  const real = shellQuote(probed.backend.executable);
  const file = join(sandbox.path, "codex");
  const script = [
    "#!/bin/sh",
    'if [ "$1" = --version ]; then echo "codex-cli 9.0.0"; exit 0; fi',
    `if [ "$1" != exec ]; then exec ${real} "$@"; fi`,
    `${real} "$@" | sed 's/"aggregated_output"/"output"/g'`,
  ];
  await writeFile(file, `${script.join("\n")}\n`);
  await chmod(file, 0o755);
  return file;
}

test("a candidate that prints a shape no known version has is recorded as drift, and refused everywhere", async () => {
  expect(await sandbox.call(["init"])).toMatchObject({ code: 0 });
  const config = join(sandbox.path, "harness", "harness.json");
  const { backends, ...rest }: { backends: object } = JSON.parse(await readFile(config, "utf8"));
  const codex = await newerCodex();
  await writeFile(config, writeStrictBytes({ ...rest, backends: { ...backends, codex } }));

  // Known before anything runs: newer than what was tested, which is named.
  const probe = await sandbox.call(["probe"]);
  expect(probe).toMatchObject({ code: 0 });
  expect(probe.out).toMatch(/^codex +available +9\.0\.0 +0\.169\.0 \(beyond\)/m);
  expect(probe.out).toContain("Codex 9.0.0 is newer than 0.169.0");

  // The table of shapes is not guessed at: the work is done and the oracle is content, and still nothing of it counts.
  const words = ["--candidate", "codex", "--lanes", "codex", "--fixtures", "add-feature", "--no-install"];
  const ran = await sandbox.run(["rehearse", ...words, "--bounds", "default", "--json"]);
  expect(ran).toMatchObject({ code: 0 });
  const rehearsed: { comparison: { cells: { baseline: string; verdict: string; dimension: string }[] } } =
    JSON.parse(ran.out);
  expect(rehearsed).toMatchObject({
    rehearsal: "complete",
    trials: { planned: 6, sealed: 6, missing: 0 },
    comparison: { verdict: "refused", activation: "none" },
  });
  expect(
    rehearsed.comparison.cells
      .filter(({ baseline, verdict }) => baseline === "fake" && verdict !== "matches")
      .map(({ dimension, verdict }) => `${dimension} ${verdict}`)
      .toSorted(),
  ).toEqual(["event-validity worse", "failure-closure worse"]);
  const [planId = ""] = await readdir(join(sandbox.path, "harness", "runs"));
  for (const number of ["001", "002", "003"]) {
    const folder = join(sandbox.path, "harness", "runs", planId, "codex", "add-feature", number);
    expect(JSON.parse(await readFile(join(folder, "report.json"), "utf8"))).toMatchObject({
      outcome: "failed",
      closure: { class: "LANE_DRIFT", detectedBy: "stream" },
      oracle: { state: "passed" },
      agentOutcome: "completed",
    });
    expect(await readFile(join(folder, "events.jsonl"), "utf8")).toContain(
      "/item/aggregated_output: expected string, found ",
    );
  }

  const compare = await sandbox.call(["compare"]);
  expect(compare).toMatchObject({ code: 1 });
  expect(compare.out).toContain("event-validity worse (LANE_DRIFT)");
  const validate = await sandbox.call(["validate", "--json"]);
  expect(validate).toMatchObject({ code: 1 });
  const { checks }: { checks: { id: string }[] } = JSON.parse(validate.out);
  expect(checks.find(({ id }) => id === "comparison")).toMatchObject({ verdict: "fail", code: "LANE_DRIFT" });
  expect(checks.find(({ id }) => id === "bundles")).toMatchObject({ verdict: "pass" });
  // The recorded bytes say the same to whoever translates them again.
  expect(await sandbox.call(["replay"])).toMatchObject({ code: 0 });
}, 300_000);
