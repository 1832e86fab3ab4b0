// Ratios of one run, never a test: npm run bench [event-log] [trial]
import { dirname } from "node:path";
import { ensureCodex } from "./bench/ensure-codex.ts";
import { benchEventLog } from "./bench/event-log.ts";
import { benchTrialOverhead } from "./bench/trial-overhead.ts";

const ROUNDS = 5;
const wanted = process.argv.slice(2);
const runs = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (runs("event-log")) {
  const { events, megabytes, ratio, checkMs, parseMs, checkPeakMb, parsePeakMb } = await benchEventLog();
  console.log(`event log of ${events} events, ${Math.round(megabytes)} MB`);
  console.log(
    `  full check / JSON.parse per line   ${ratio.toFixed(2)}   (goal: at most 3; ${Math.round(checkMs)} ms / ${Math.round(parseMs)} ms)`,
  );
  console.log(
    `  peak memory                        ${Math.round(checkPeakMb)} MB / ${Math.round(parsePeakMb)} MB`,
  );
}

if (runs("trial")) {
  console.log("trial with the real Codex against bare codex exec, same script, medians");
  for (const { script, ratio, trialMs, bareMs } of await benchTrialOverhead(dirname(ensureCodex()), ROUNDS)) {
    console.log(
      `  ${script.padEnd(34)} ${ratio.toFixed(2)}   (${Math.round(trialMs)} ms / ${Math.round(bareMs)} ms)`,
    );
  }
}
