import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { renderGateResult } from "./render-gate-result.ts";
import { rootCopies } from "./testing/root-copies.ts";
import { writeSampleJournal } from "./testing/journal-root.ts";
import type { SampleRoot } from "./testing/sample-root.ts";
import { flipByte } from "./testing/spoil.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";

let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});

const render = async (root: string): Promise<string> => {
  const text = renderGateResult(await validateRoot({ root, now: "2026-01-02T00:00:00.000Z" }));
  expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
  expect(text).toMatch(/^[\x20-\x7e\n…]*$/);
  return text;
};

it("says verdict, what is missing and the next command", async () => {
  const { root, bundles } = await copy();
  expect(await render(root)).toMatch(/^Stage 6 gate: refused \(exit 1\), activation: none\n/);
  expect(await render(root)).toContain(
    "Missing: evidence-class, trust-root, policy-signed, comparison-by-signed-policy, source-admission,",
  );
  expect(await render(root)).toContain("Next: stage6 plan --live");
  await rm(join(root, "comparisons"), { recursive: true });
  expect(await render(root)).toContain("Next: stage6 compare");
  await rm(join(root, bundles[0]!), { recursive: true });
  expect(await render(root)).toContain("Next: stage6 run");
  for (const name of ["plans", "runs", "attempts"]) await rm(join(root, name), { recursive: true });
  expect(await render(root)).toContain("Next: restore the named files, or journal/ with them");
  await writeSampleJournal(root);
  expect(await render(root)).toContain("Next: stage6 plan\n");
  expect(await render(join(root, "none"))).toContain("Next: stage6 init");
});

it("names the files that are unsound and proposes no repair", async () => {
  const { root, bundles } = await copy();
  await flipByte(root, `${bundles[0]}/report.json`);
  await flipByte(root, `${bundles[1]}/events.jsonl`);
  const text = await render(root);
  expect(text.replace(/\n +/g, " ")).toContain(`${bundles[1]}/events.jsonl`);
  expect(text).toContain("Next: restore the named files from a copy");
});

it("escapes names that evidence chose", async () => {
  const { root, planId } = await copy();
  const name = "\u001b[2J‮pass         stage5";
  await mkdir(join(root, "runs", planId, name, "x", "001"), { recursive: true });
  await writeFile(join(root, "runs", planId, name, "x", "001", "a\nb"), "");
  const text = await render(root);
  expect(text).toContain("\\u001b[2J\\u202epass");
  expect(text).not.toMatch(/^pass +stage5/m);
});

it("is of use for an empty root", async () => {
  expect(await render(await tempFolder())).toContain("fail         plan-present EVIDENCE_MISSING");
});
