// Ratios of one run, never a test: npm run bench [event-log] [trial [codex] [pi] [case]] [manifest] [strict] [compare] [validate-root] [validate] [matrix]; case needs a Case of your own
import { benchCompare } from "./bench/compare.ts";
import { benchLanes } from "./bench/bench-lanes.ts";
import { benchEventLog } from "./bench/event-log.ts";
import { benchManifest } from "./bench/manifest.ts";
import { benchStrictStart } from "./bench/strict-start.ts";
import { benchMatrix } from "./bench/matrix.ts";
import { benchValidate } from "./bench/validate-gate.ts";
import { benchTrialOverhead } from "./bench/trial-overhead.ts";
import { benchValidateRoot } from "./bench/validate-root.ts";

const ROUNDS = 5;
const wanted = process.argv.slice(2);
const LANES = ["codex", "pi", "case"];
const parts = wanted.filter((name) => !LANES.includes(name));
const lanes = wanted.filter((name) => LANES.includes(name));
const runs = (name: string): boolean => parts.length === 0 || parts.includes(name);

if (runs("event-log")) {
  const { events, megabytes, sides, peaks } = await benchEventLog();
  const { parse, floor, check, ajv, zod } = sides;
  const row = (name: string, ratio: number, goal: string): void =>
    console.log(`  ${name.padEnd(46)} ${ratio.toFixed(2)}${goal}`);
  console.log(`bundle with a log of ${events} events, ${megabytes} MB`);
  row("full check / JSON.parse per line", check.ms / parse.ms, "   (goal: at most 3)");
  row("full check / JSON.parse per line + one SHA-256", check.ms / floor.ms, "   (goal: at most 2)");
  row("Ajv, schema and round trip alone, on the same", ajv.ms / floor.ms, "");
  row("zod, schema and round trip alone, on the same", zod.ms / floor.ms, "");
  console.log(`  peak memory: check ${check.peakMb} MB, JSON.parse ${parse.peakMb} MB   (goal: under 150)`);
  const byLength = peaks.map(({ claims, peakMb }) => `${peakMb} MB at ${claims}`).join(", ");
  console.log(`  peak memory of the check by events: ${byLength}`);
}

if (runs("trial")) {
  const known = benchLanes(process.env);
  const wantedLanes = LANES.filter((id) => lanes.length === 0 || lanes.includes(id));
  for (const id of wantedLanes.filter((one) => !known.some((lane) => lane.id === one)))
    console.log(`trial with the real ${id}: left out, no variable names a source of it`);
  const here = known.filter(({ id }) => wantedLanes.includes(id));
  for (const { id, make } of here) {
    console.log(`trial with the real ${id} against the same backend bare, same script, medians`);
    for (const { script, ratio, trialMs, bareMs } of await benchTrialOverhead(make(), ROUNDS)) {
      console.log(
        `  ${script.padEnd(34)} ${ratio.toFixed(2)}   (${Math.round(trialMs)} ms / ${Math.round(bareMs)} ms)`,
      );
    }
  }
}

if (runs("manifest")) {
  console.log("two manifests of a tree, best of 3   (goal: at most 1.00 x worktree add from 10k files on)");
  for (const files of [1000, 10_000, 100_000]) {
    const { manifestsMs, worktreeMs, statusMs, memoryMb } = await benchManifest(
      files,
      files > 50_000 ? 1 : 3,
    );
    const ratio = (other: number): string => (manifestsMs / other).toFixed(2);
    console.log(
      `  ${String(files).padStart(6)} files   ${ratio(worktreeMs)} x worktree add   ${ratio(statusMs)} x status   +${memoryMb.toFixed(1)} MB   (${Math.round(manifestsMs)} ms / ${Math.round(worktreeMs)} ms / ${Math.round(statusMs)} ms)`,
    );
  }
}

if (runs("strict")) {
  const { nodeMs, startMs, selfTestsMs } = await benchStrictStart(9);
  console.log(`what strict bounds add, in starts of node (${Math.round(nodeMs)} ms), medians`);
  console.log(`  without the self-tests             ${(startMs / nodeMs).toFixed(2)}   (goal: at most 1)`);
  console.log(
    `  with both                          ${((startMs + selfTestsMs) / nodeMs).toFixed(2)}   (goal: at most 5)`,
  );
}

if (runs("compare")) {
  const { bundles, ratio, largeMs, smallKbPerBundle, largeKbPerBundle } = await benchCompare();
  console.log(`comparison of the documents of ${bundles} bundles, ${largeMs} ms`);
  console.log(
    `  ${bundles} bundles / ${bundles / 10} bundles                   ${ratio.toFixed(2)}   (goal: 9 to 11)`,
  );
  console.log(
    `  heap held once it is dropped, per bundle: ${largeKbPerBundle} kB, of a tenth ${smallKbPerBundle} kB   (goal: 0)`,
  );
}

if (runs("validate-root")) {
  const { bundles, gain, parseGain, firstMs, againMs } = await benchValidateRoot();
  const row = (name: string, ratio: number, goal: string): void =>
    console.log(`  ${name.padEnd(46)} ${ratio.toFixed(3)}${goal}`);
  console.log(`root of ${bundles} bundles`);
  row("gain of a second thread", gain, "");
  row("gain of a second thread, bare JSON.parse", parseGain, "");
  row("the former / the latter", gain / parseGain, "   (goal: at least 0.95)");
  row("unchanged root again / first time", againMs / firstMs, "   (goal: under 0.1)");
  console.log(`  (${Math.round(againMs)} ms / ${Math.round(firstMs)} ms of processor time, one thread)`);
}

if (runs("matrix")) {
  console.log("failure matrix, all rows");
  const goals: Readonly<Record<string, string>> = { fake: "60 s", "fake,codex,pi": "10 min" };
  for (const { lanes, seconds, counts } of benchMatrix())
    console.log(
      `  ${lanes.padEnd(16)} ${seconds.toFixed(0)} s   (goal: under ${goals[lanes] ?? ""})  ${counts}`,
    );
}

if (runs("validate")) {
  const { bundles, ms } = await benchValidate(ROUNDS);
  console.log(
    `validate of a whole root with ${bundles} bundles: ${(ms / 1000).toFixed(2)} s   (goal: under 5 s)`,
  );
}
