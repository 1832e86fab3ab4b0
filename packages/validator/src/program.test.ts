import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FOUNDER, NOW } from "@stage6/eligibility/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASE_ADAPTER } from "./gate/case-adapter.ts";
import type { GateResult } from "./gate-result.ts";
import { runProgram } from "./program.ts";
import { writeGateRoot } from "./testing/gate-root.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";

let root: string;
beforeAll(async () => {
  root = join(await tempFolder(), "harness");
  await writeGateRoot(root, { caseAdapter: CASE_ADAPTER });
}, 120_000);
afterAll(removeTempFolders);

async function run(...argv: readonly string[]) {
  const said = { out: "", err: "" };
  const code = await runProgram(argv, {
    cwd: dirname(root),
    now: () => Date.parse(NOW),
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { code, ...said };
}
const openOf = ({ checks }: GateResult): string[] =>
  checks.filter(({ verdict }) => verdict !== "pass").map(({ id, code }) => `${id} ${code ?? ""}`);

describe("the validator of its own", () => {
  it("R44: gives what the package judges, with the founder that it is named", async () => {
    const ran = await run("--json", "--founder", FOUNDER);
    const judged: GateResult = JSON.parse(ran.out);
    const ours = await validateRoot({ root, now: NOW, founder: FOUNDER, caseAdapter: CASE_ADAPTER });
    expect({ ...judged, tool: ours.tool }).toEqual(ours);
    expect(ran).toMatchObject({ code: ours.exitCode, err: "" });
    expect(openOf(judged)).toContain("source-admission SOURCE_NOT_HERE");
    const waived: GateResult = JSON.parse(
      (await run("--json", "--founder", FOUNDER, "--without-source")).out,
    );
    expect(waived.checks.find(({ id }) => id === "source-admission")).toMatchObject({
      verdict: "inconclusive",
    });
    expect((await run()).out).toContain("FOUNDER_UNKNOWN");
  }, 60_000);

  it("R44: judges the root that it is named, at the time and of the plan that it is named", async () => {
    const moved = join(await tempFolder(), "a root of somebody");
    await cp(root, moved, { recursive: true });
    const { out } = await run(
      "--harness-root",
      moved,
      "--json",
      "--now",
      "2026-06-02T00:00:00.000Z",
      "--plan",
      "none",
    );
    expect(JSON.parse(out)).toMatchObject({ now: "2026-06-02T00:00:00.000Z", plan: null });
    expect(await run("--harness-root", join(moved, "nowhere"), "--json")).toMatchObject({ code: 3 });
  }, 60_000);

  it.each([
    ["an unknown option", ["--frobnicate"]],
    ["a word too many", ["harness"]],
    ["no time", ["--now", "yesterday"]],
    ["no fingerprint", ["--founder", "jp"]],
  ])("says what is wrong with %s, exit 2, also as one document", async (_, words) => {
    const plain = await run(...words);
    expect(plain).toMatchObject({ code: 2, out: "" });
    expect(plain.err).toContain("(USAGE)");
    const { out, err } = await run(...words, "--json");
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({ exitCode: 2, error: { code: "USAGE" }, activation: "none" });
  });

  it("names every option in its help, and its version", async () => {
    const { out } = await run("--help");
    for (const name of ["harness-root", "plan", "founder", "without-source", "now", "json", "version"])
      expect(out).toContain(`--${name}`);
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+/);
  });
});
