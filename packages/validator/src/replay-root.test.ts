import { execFileSync } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { replayRoot } from "./replay-root.ts";
import { rootCopies } from "./testing/root-copies.ts";
import type { SampleRoot } from "./testing/sample-root.ts";
import { snapshot } from "./testing/snapshot.ts";
import { flipByte } from "./testing/spoil.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";

let original: SampleRoot;
let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ original, copy } = await rootCopies());
});

it("derives every report and the comparison again", async () => {
  const before = await snapshot(original.root);
  const replay = await replayRoot({ root: original.root, now: "2026-01-02T00:00:00.000Z" });
  expect(replay).toMatchObject({
    plan: { id: original.planId },
    reports: 8,
    missing: 0,
    stored: "equal",
    diverged: [],
  });
  expect(Buffer.from(replay.comparison ?? [])).toEqual(
    await readFile(join(original.root, "comparisons", `${original.planId}.json`)),
  );
  expect(await snapshot(original.root)).toEqual(before);
});

it("gives the same bytes in another folder, time zone and locale", async () => {
  const { root } = await copy();
  const module = join(import.meta.dirname, "replay-root.ts");
  const program = `import { replayRoot } from ${JSON.stringify(module)}; process.stdout.write((await replayRoot({ root: process.argv[1], now: "2026-01-02T00:00:00.000Z" })).comparison);`;
  const here = (await replayRoot({ root: original.root, now: "2026-01-02T00:00:00.000Z" })).comparison;
  for (const [TZ, locale] of [
    ["Asia/Kathmandu", "tr_TR.UTF-8"],
    ["America/St_Johns", "sv_SE.UTF-8"],
  ] as const) {
    const bytes = execFileSync(
      process.execPath,
      ["--conditions=@stage6/source", "--import=tsx", "--input-type=module", "-e", program, root],
      {
        cwd: import.meta.dirname,
        env: { ...process.env, TZ, LANG: locale, LC_ALL: locale },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    expect(bytes.equals(here ?? new Uint8Array())).toBe(true);
  }
});

it("names what diverges", async () => {
  const { root, planId, bundles } = await copy();
  await flipByte(root, `${bundles[0]}/artifacts/stdout.raw`);
  const replay = await replayRoot({ root, now: "2026-01-02T00:00:00.000Z", planId });
  expect(replay).toMatchObject({ reports: 7, missing: 0, stored: "diverged" });
  expect(replay.diverged.map(({ code, file }) => `${code} ${file}`)).toEqual([
    `DIGEST_MISMATCH ${bundles[0]}/artifacts/stdout.raw`,
    `REPLAY_DIVERGED comparisons/${planId}.json`,
  ]);
});

it("says that nothing is stored, and that trials are missing", async () => {
  const { root, bundles } = await copy();
  await rm(join(root, "comparisons"), { recursive: true });
  await rm(join(root, bundles[0]!), { recursive: true });
  expect(await replayRoot({ root, now: "2026-01-02T00:00:00.000Z" })).toMatchObject({
    reports: 7,
    missing: 1,
    stored: "absent",
    diverged: [],
  });
});

it("replays nothing without a plan or a root", async () => {
  expect(
    await replayRoot({ root: join(await tempFolder(), "none"), now: "2026-01-02T00:00:00.000Z" }),
  ).toMatchObject({
    plan: null,
    reports: 0,
    comparison: null,
    diverged: [{ code: "UNREADABLE" }],
  });
  expect(
    await replayRoot({ root: original.root, now: "2026-01-02T00:00:00.000Z", planId: "none" }),
  ).toMatchObject({
    plan: null,
    comparison: null,
  });
});
