import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSnapshot } from "./parse-snapshot.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { snapshotOf } from "./testing/snapshot-of.ts";

const root: SnapshotEntry = {
  path: ".",
  type: "dir",
  mode: 0o755,
  nlink: 2,
  size: 4096,
  sha256: null,
  target: null,
  ino: "1",
  dev: "2",
  ctimeNs: "3",
};
const file: SnapshotEntry = {
  ...root,
  path: "a\nb",
  type: "file",
  nlink: 1,
  size: 0,
  sha256: `sha256:${"0".repeat(64)}`,
};

function render(entries: readonly SnapshotEntry[]): string {
  return Buffer.concat([...snapshotOf(entries).chunks()]).toString();
}

function parse(text: string) {
  return parseSnapshot(Buffer.from(text));
}

test("a snapshot is one line per entry, each exactly what JSON.stringify writes", () => {
  expect(render([root])).toBe(
    '{"path":".","type":"dir","mode":493,"nlink":2,"size":4096,"sha256":null,"target":null,"ino":"1","dev":"2","ctimeNs":"3"}\n',
  );
});

test("what is rendered is parsed back, a missing tree included", () => {
  const entries = [root, file, { ...file, path: "a\\xff" }, { ...file, path: "z\\\\" }];
  const parsed = parse(render(entries));
  expect(parsed.ok && [...parsed.snapshot.entries()]).toEqual(entries);
  const missing = parse("");
  expect(missing.ok && missing.snapshot.count).toBe(0);
});

test("bytes that no walk writes are refused with their line", () => {
  const good = render([root, file]);
  expect(parse(good.slice(0, -1))).toMatchObject({ ok: false, line: 2 });
  expect(parse(good.replace('"mode":493', '"mode": 493'))).toMatchObject({ ok: false, line: 1 });
  expect(parse(good.replace('"mode":493', '"mode":-1'))).toMatchObject({ ok: false, line: 1 });
  expect(parse(good.replace('"type":"file"', '"type":"door"'))).toMatchObject({ ok: false, line: 2 });
  expect(parse(good.replace('{"path":".",', '{"extra":1,"path":".",'))).toMatchObject({ ok: false, line: 1 });
  expect(parse(good.split("\n").slice(0, 2).toReversed().join("\n").concat("\n"))).toMatchObject({
    ok: false,
    line: 2,
  });
  expect(parse(`${good}${good.split("\n")[1]}\n`)).toMatchObject({ ok: false, line: 3 });
  expect(parse(good.replace("a\\nb", "a\\\\x41"))).toMatchObject({ ok: false, line: 2 });
  expect(parseSnapshot(Buffer.from([0xff, 10]))).toMatchObject({ ok: false });
});

test("parsing is total over bytes", () => {
  const nonsense = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.json().map((text) => Buffer.from(`${text}\n`)),
  );
  fc.assert(
    fc.property(nonsense, (bytes) => {
      expect(parseSnapshot(bytes).ok).toBe(false);
    }),
  );
});
