import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeSnapshots } from "./merge-snapshots.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { snapshotOf } from "./testing/snapshot-of.ts";

const COUNT = 12_000;

function entry(path: string, more: Partial<SnapshotEntry> = {}): SnapshotEntry {
  const dir = path === "." || path.startsWith("d") ? path.split("/").length < 2 : false;
  return {
    path,
    type: dir ? "dir" : "file",
    mode: 0o644,
    nlink: 1,
    size: 1,
    sha256: dir ? null : `sha256:${"1".repeat(64)}`,
    target: null,
    ino: "1",
    dev: "1",
    ctimeNs: "1",
    ...more,
  };
}

/** More than what is kept in memory. */
const many = [
  entry("."),
  ...Array.from({ length: 20 }, (_, at) => entry(`d${at}`)),
  ...Array.from({ length: COUNT }, (_, at) => entry(`d${at % 20}/f${at}${"x".repeat(at % 90)}`)),
];

test("a snapshot too large for memory gives every entry by its path, and none that it has not", () => {
  const snapshot = snapshotOf(many);
  expect([snapshot.count, [...snapshot.entries()].length]).toEqual([many.length, many.length]);
  for (const item of many.filter((_, at) => at % 97 === 0 || at < 30))
    expect(snapshot.get(item.path)).toEqual(item);
  for (const path of ["", "d", "d0/", "d0/f", "zz", "d19/f999999", "bad\\escape"])
    expect(snapshot.get(path)).toBeUndefined();
  snapshot.close();
  expect(() => snapshot.get(".")).toThrow(RangeError);
});

test("two large snapshots are merged to what differs, wherever it lies", () => {
  const changed = new Map(many.filter((_, at) => at % 1999 === 7).map((item) => [item.path, item]));
  const gone = many.filter((_, at) => at % 2311 === 11).map(({ path }) => path);
  const after = many
    .filter(({ path }) => !gone.includes(path))
    .map((item) => (changed.has(item.path) ? { ...item, mode: 0 } : item));
  const [old, now] = [snapshotOf(many), snapshotOf([...after, entry("d3/zz"), entry("d3.x")])];
  const pairs = [...mergeSnapshots(old, now)].map(
    (pair) => `${pair.path} ${pair.before?.mode ?? "-"} ${pair.after?.mode ?? "-"}`,
  );
  const expected = [
    ...[...changed.keys()].filter((path) => !gone.includes(path)).map((path) => `${path} 420 0`),
    ...gone.map((path) => `${path} 420 -`),
    "d3/zz - 420",
    "d3.x - 420",
  ];
  expect(pairs.toSorted()).toEqual(expected.toSorted());
  old.close();
  now.close();
});

const anyTree = fc
  .uniqueArray(
    fc.record({
      path: fc
        .array(fc.constantFrom("a", "a-", "a.b", "b", "\\xff", "é", "\\\\"), { minLength: 1, maxLength: 3 })
        .map((parts) => parts.join("/")),
      mode: fc.nat(1),
      type: fc.constantFrom("file" as const, "unreadable" as const),
    }),
    { selector: ({ path }) => path, maxLength: 12 },
  )
  .map((list) => list.map(({ path, ...more }) => entry(path, more)));

test("a merge says of each path what a plain comparison by name says", () => {
  fc.assert(
    fc.property(anyTree, anyTree, (before, after) => {
      const by = (list: readonly SnapshotEntry[]) => new Map(list.map((item) => [item.path, item]));
      const [old, now] = [by(before), by(after)];
      const expected = [...new Set([...old.keys(), ...now.keys()])]
        .filter(
          (path) =>
            now.get(path)?.type === "unreadable" ||
            JSON.stringify(old.get(path)) !== JSON.stringify(now.get(path)),
        )
        .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
      const pairs = [...mergeSnapshots(snapshotOf(before), snapshotOf(after))];
      const sort = (list: readonly { path: string }[]) => list.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      expect(sort(pairs)).toEqual(sort(expected));
    }),
  );
});
