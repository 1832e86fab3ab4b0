import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const RUN = fileURLToPath(new URL("../../../../tools/run-source.mjs", import.meta.url));
const CHECK = fileURLToPath(new URL("../testing/check-large-planning.ts", import.meta.url));
/** Far more than any shape needs, and far less than a pattern that tries a run of 512 KiB from each of its places. */
const DEADLINE_MS = 300_000;

test(
  "R42: an artifact of 512 KiB is checked to its end, whatever it is made of",
  { timeout: DEADLINE_MS + 30_000 },
  async () => {
    // A child, because nothing inside this process could interrupt a pattern that does not end.
    const child = spawn(process.execPath, [RUN, CHECK], {
      stdio: ["ignore", "pipe", "inherit"],
      timeout: DEADLINE_MS,
      killSignal: "SIGKILL",
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    const code = await new Promise((resolve) => child.once("close", resolve));
    // The last line names the shape before the one that did not end.
    expect({ code, last: said.trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      last: "words that refuse: refused",
    });
    expect(said.split("\n").filter((line) => line.endsWith(": refused"))).toHaveLength(31);
  },
);
