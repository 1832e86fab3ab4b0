import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { BlockStore } from "./block-store.ts";

const MB = 2 ** 20;

function filled(blocks: number): BlockStore {
  const store = new BlockStore();
  onTestFinished(() => store.close());
  for (let at = 0; at < blocks; at += 1) store.add(Buffer.alloc(MB / 4, at));
  return store;
}

test("blocks are read back as they were written, those in memory and those in the file", () => {
  const store = filled(12);
  expect([store.count, store.size]).toEqual([12, 3 * MB]);
  for (const at of [11, 0, 4, 3, 11]) expect(store.read(at).equals(Buffer.alloc(MB / 4, at))).toBe(true);
  expect(() => store.read(12)).toThrow(RangeError);
});

test("a closed store gives nothing, and closing again is harmless", () => {
  const store = filled(12);
  store.close();
  store.close();
  expect(() => store.read(0)).toThrow(RangeError);
  expect(() => store.read(11)).toThrow(RangeError);
});

test.runIf(process.platform === "linux")(
  "the file has no name, and another process that writes into it is noticed",
  () => {
    const store = filled(12);
    const open = readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${fd}`);
        return /stage6-[0-9a-f-]{36} \(deleted\)$/u.test(target) ? [fd] : [];
      } catch {
        return [];
      }
    });
    const fd = open.at(-1);
    expect(fd).toBeDefined();
    const path = `/proc/${process.pid}/fd/${fd}`;
    const write = `fs.writeSync(fs.openSync(process.argv[1], "r+"), "forged", ${MB})`;
    execFileSync(process.execPath, ["-e", write, path]);
    expect(() => store.read(4)).toThrow(expect.objectContaining({ code: "OBSERVATION_CHANGED" }));
    expect(store.read(3).length).toBe(MB / 4);
    writeFileSync(path, "");
    expect(() => store.read(9)).toThrow(expect.objectContaining({ code: "OBSERVATION_CHANGED" }));
  },
);

test("with no place for a file everything stays in memory", () => {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = "/nonexistent";
  onTestFinished(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  });
  const store = filled(12);
  expect(store.read(11).equals(Buffer.alloc(MB / 4, 11))).toBe(true);
});
