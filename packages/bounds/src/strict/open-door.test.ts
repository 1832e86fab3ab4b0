import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runBoundedTool } from "./run-bounded-tool.ts";
import { openStrictPlace } from "./testing/strict-profile.ts";

const PORT = 4715;
const BUSY_MS = 40;
const listeners = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;

/** Asks the door for its one word and exits 0 when it comes. */
const ASK = `
require("node:net").connect(${PORT}, "127.0.0.1").on("data", (word) => process.exit(String(word) === "here" ? 0 : 3));
`;

test("doors open, and none stays behind, also while this process is busy", async () => {
  const { folder, profile } = await openStrictPlace(onTestFinished);
  const one = async (index: number): Promise<number | string | null> => {
    const notes = join(folder, `notes-${index}`);
    mkdirSync(notes);
    const { exitCode, failure } = await runBoundedTool(
      profile(),
      [process.execPath, "-e", ASK],
      { cwd: "/tmp", env: {}, timeoutMs: 60_000, maxBytes: 4096 },
      notes,
      { port: PORT, onConnection: (socket) => socket.end("here") },
    );
    return failure ?? exitCode;
  };
  const found: (number | string | null)[] = [];
  // What a helper says and its end are then seen in one turn, in either order.
  const busy = setInterval(() => {
    const until = performance.now() + BUSY_MS;
    while (performance.now() < until);
  });
  onTestFinished(() => clearInterval(busy));
  for (let round = 0; round < 2; round += 1)
    found.push(...(await Promise.all([0, 1, 2, 3, 4].map((index) => one(round * 5 + index)))));
  expect(found).toEqual(Array.from({ length: 10 }, () => 0));
  expect(listeners()).toBe(0);
});
