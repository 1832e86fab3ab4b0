// Ratios of one run, never a test: npm run bench [event-log] [trial] [codex] [case]; case needs a Case of your own
import { benchLanes } from "./bench/bench-lanes.ts";
import { benchEventLog } from "./bench/event-log.ts";
import { benchTrialOverhead } from "./bench/trial-overhead.ts";

const ROUNDS = 5;
const wanted = process.argv.slice(2);
const LANES = ["codex", "case"];
const parts = wanted.filter((name) => !LANES.includes(name));
const lanes = wanted.filter((name) => LANES.includes(name));
const runs = (name: string): boolean => parts.length === 0 || parts.includes(name);

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
