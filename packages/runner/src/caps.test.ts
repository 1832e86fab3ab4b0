import { afterEach, beforeEach, expect, test } from "vitest";
import { runTrial } from "./run-trial.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, readSealed, specFor } from "./testing/trial-root.ts";
import type { TrialSpec } from "./trial-spec.ts";

const MIB = 1024 ** 2;

let folder: string;
let root: string;

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
});
afterEach(() => removeTempFolder(folder));

const CAPS: readonly (readonly [string, string, string, Partial<TrialSpec["plan"]["limits"]>])[] = [
  [
    "eats memory",
    "MEMORY_LIMIT",
    `const all = []; setInterval(() => all.length < 40 && all.push(Buffer.alloc(${16 * MIB}, 1)), 20);`,
    { memoryBytes: 300 * MIB },
  ],
  [
    "fills the disk",
    "DISK_LIMIT",
    `let n = 0; setInterval(() => n < 200 && fs.writeFileSync(process.env.TMPDIR + "/f" + n++, Buffer.alloc(${MIB}, 1)), 10);`,
    { diskBytes: 6 * MIB },
  ],
  [
    "loops over tools",
    "TOOL_LIMIT",
    `let n = 0; setInterval(() => n < 500 && print({ tool: "call-" + n++ }), 10);`,
    { toolCalls: 20 },
  ],
];

test.each(CAPS)(
  "a backend that %s is ended, and its closure is %s",
  async (_name, closure, script, limits) => {
    const spec = await specFor(root, stubLane(folder, script), limits);
    const end = await runTrial(spec);
    if (end.state !== "sealed") throw new Error("the trial was not sealed");
    const { events, findings } = await readSealed(root, spec.trial);
    expect(findings).toEqual([]);
    expect(end.report.closure).toMatchObject({
      class: closure,
      processTreeEmpty: true,
      withinDeadline: false,
    });
    expect(end.report.outcome).toBe("failed");
    const [allowed] = Object.values(limits);
    const line = events.split("\n").find((one) => one.includes('"limit.reached"')) ?? "";
    const told = /"limit":"([a-z-]+)","allowed":([0-9]+),"observed":([0-9]+)/.exec(line);
    expect([told?.[1], told?.[2]]).toEqual([closure.toLowerCase().replace("_", "-"), String(allowed)]);
    expect(Number(told?.[3])).toBeGreaterThan(allowed ?? Number.POSITIVE_INFINITY);
  },
);
