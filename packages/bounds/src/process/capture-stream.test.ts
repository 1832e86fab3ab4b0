import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { captureStream, type CaptureHooks } from "./capture-stream.ts";
import { pause } from "./within.ts";

const LIMITS = { outputBytes: 2 ** 30, lineBytes: 2 ** 30 };
const unexpected: CaptureHooks = {
  onChunk: () => undefined,
  onLimit: (limit) => expect.fail(limit),
  onFailure: (error) => expect.fail(String(error)),
};

test("memory stays flat: no more is read from a flood than fits its buffer until the file took the last chunk", async () => {
  let pulled = 0;
  let release = (): void => undefined;
  const flood = new Readable({
    highWaterMark: 1024,
    read() {
      pulled += 1;
      this.push(Buffer.alloc(1024));
    },
  });
  const file = { appendFile: () => new Promise<void>((resolve) => (release = resolve)) };
  const capture = captureStream(flood, file, LIMITS, unexpected);
  for (let written = 0; written < 20; written += 1) {
    await pause(5);
    expect(pulled).toBeLessThanOrEqual(written + 3);
    release();
  }
  release();
  await capture.stop();
  expect(capture.bytes()).toBe(20 * 1024);
});

test("a line is measured across chunks and without its line feed", async () => {
  const measured = async (...chunks: string[]): Promise<string | null> => {
    let limit: string | null = null;
    const hooks = { ...unexpected, onLimit: (name: string) => void (limit = name) };
    const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    await captureStream(stream, { appendFile: async () => undefined }, { ...LIMITS, lineBytes: 5 }, hooks)
      .done;
    return limit;
  };
  expect(await measured("12345\n", "12345\n")).toBeNull();
  expect(await measured("123", "45", "\n12345")).toBeNull();
  expect(await measured("123", "456")).toBe("line-limit");
  expect(await measured("1\n123456\n1")).toBe("line-limit");
});

test("a file that cannot be written is a failure, told once", async () => {
  const failures: unknown[] = [];
  const hooks = { ...unexpected, onFailure: (error: unknown) => void failures.push(error) };
  const full = new Error("ENOSPC");
  const stream = Readable.from([Buffer.from("a"), Buffer.from("b")]);
  const capture = captureStream(stream, { appendFile: () => Promise.reject(full) }, LIMITS, hooks);
  await capture.done;
  expect(failures).toEqual([full]);
  expect(capture.bytes()).toBe(0);
});
