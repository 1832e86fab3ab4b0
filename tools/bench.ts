// Ratios of one run, never a test: npm run bench [event-log] [trial] [validate] [matrix]
import { dirname } from "node:path";
import { ensureCodex } from "./bench/ensure-codex.ts";
import { benchEventLog } from "./bench/event-log.ts";
import { benchMatrix } from "./bench/matrix.ts";
import { benchValidate } from "./bench/validate-root.ts";
import { benchTrialOverhead } from "./bench/trial-overhead.ts";

const ROUNDS = 5;
const wanted = process.argv.slice(2);
const runs = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (runs("event-log")) {
  const { events, megabytes, sides } = await benchEventLog();
  const { parse, floor, check, ajv, zod } = sides;
  const row = (name: string, ratio: number, goal: string): void =>
    console.log(`  ${name.padEnd(46)} ${ratio.toFixed(2)}${goal}`);
  console.log(`bundle with a log of ${events} events, ${megabytes} MB`);
  row("full check / JSON.parse per line", check.ms / parse.ms, "   (goal: at most 3)");
  row("full check / JSON.parse per line + one SHA-256", check.ms / floor.ms, "   (goal: at most 2)");
  row("Ajv, schema and round trip alone, on the same", ajv.ms / floor.ms, "");
  row("zod, schema and round trip alone, on the same", zod.ms / floor.ms, "");
  console.log(`  peak memory: check ${check.peakMb} MB, JSON.parse ${parse.peakMb} MB   (goal: under 150)`);
}

if (runs("trial")) {
  console.log("trial with the real Codex against bare codex exec, same script, medians");
  for (const { script, ratio, trialMs, bareMs } of await benchTrialOverhead(dirname(ensureCodex()), ROUNDS)) {
    console.log(
      `  ${script.padEnd(34)} ${ratio.toFixed(2)}   (${Math.round(trialMs)} ms / ${Math.round(bareMs)} ms)`,
    );
  }
}

if (runs("matrix")) {
  console.log("failure matrix, all rows, two trials at a time");
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
