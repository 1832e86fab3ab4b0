import fc from "fast-check";
import { expect, test } from "vitest";
import { compileAllowedPaths, type AllowedPaths } from "../paths/compile-allowed-paths.ts";
import { compareSnapshots } from "./compare-snapshots.ts";
import { ENTRY_TYPES, type SnapshotEntry } from "./snapshot-entry.ts";
import { snapshotOf } from "./testing/snapshot-of.ts";

function allow(...globs: string[]): AllowedPaths {
  const compiled = compileAllowedPaths(globs);
  if (!compiled.ok) throw new Error("bad glob");
  return compiled;
}

function entry(path: string, more: Partial<SnapshotEntry> = {}): SnapshotEntry {
  return {
    path,
    type: "file",
    mode: 0o644,
    nlink: 1,
    size: 1,
    sha256: `sha256:${"1".repeat(64)}`,
    target: null,
    ino: "1",
    dev: "1",
    ctimeNs: "1",
    ...more,
  };
}

const dir = (path: string, more: Partial<SnapshotEntry> = {}): SnapshotEntry =>
  entry(path, { type: "dir", mode: 0o755, sha256: null, ...more });
const link = (path: string, target: string): SnapshotEntry =>
  entry(path, { type: "symlink", mode: 0o777, sha256: null, target });
const base = [dir("."), dir("docs"), entry("docs/a"), dir("src"), entry("src/a")];

function compare(before: SnapshotEntry[], after: SnapshotEntry[], ...globs: string[]): string[] {
  const changes = compareSnapshots(
    snapshotOf(before),
    snapshotOf(after),
    allow(...(globs.length > 0 ? globs : ["src/**"])),
  );
  return changes.map(({ path, kind, verdict, rule }) => `${path} ${kind} ${rule ?? verdict}`);
}

const replace = (path: string, more: Partial<SnapshotEntry>): SnapshotEntry[] =>
  base.map((item) => (item.path === path ? { ...item, ...more } : item));

test("changes are sorted by code unit, and an unchanged tree has none", () => {
  expect(compare(base, base)).toEqual([]);
  expect(compare(base, [...base, entry("src/é"), entry("src/Z"), entry("src/b")])).toEqual([
    "src/Z added allowed",
    "src/b added allowed",
    "src/é added allowed",
  ]);
});

test("another time or inode alone is touched, and of a directory nothing", () => {
  expect(compare(base, replace("docs/a", { ctimeNs: "2" }))).toEqual(["docs/a touched touched"]);
  expect(compare(base, replace("docs/a", { ino: "2" }))).toEqual(["docs/a touched touched"]);
  expect(compare(base, replace("docs", { ctimeNs: "2", nlink: 9, size: 8192 }))).toEqual([]);
});

test("a new name for an old file is a hard link on both sides", () => {
  const after = [...replace("docs/a", { nlink: 2 }), entry("src/h", { nlink: 2 })];
  expect(compare(base, after)).toEqual(["docs/a modified hard-link", "src/h added hard-link"]);
});

test("directories that carry allowed paths may come and go, others not", () => {
  expect(compare([dir(".")], [dir("."), dir("a"), dir("a/b"), entry("a/b/c")], "a/b/c")).toEqual([
    "a added allowed",
    "a/b added allowed",
    "a/b/c added allowed",
  ]);
  expect(compare([dir("."), dir("a"), entry("a/x")], [dir(".")], "a/x")).toEqual([
    "a deleted allowed",
    "a/x deleted allowed",
  ]);
  expect(compare([dir(".")], [dir("."), dir("a"), dir("b"), entry("b/x")], "c/**")).toEqual([
    "a added outside-allowed",
    "b added outside-allowed",
    "b/x added outside-allowed",
  ]);
  expect(
    compare([dir("."), dir("a"), entry("a/x")], [dir("."), dir("a", { mode: 0o700 }), entry("a/x")], "a/x"),
  ).toEqual(["a mode-changed outside-allowed"]);
});

test("set-id and sticky bits are violations even inside, unless a directory inherits setgid", () => {
  expect(compare(base, replace("src/a", { mode: 0o4644 }))).toEqual(["src/a mode-changed mode-bits"]);
  expect(compare(base, [...base, entry("src/b", { mode: 0o2755 })])).toEqual(["src/b added mode-bits"]);
  expect(compare(base, [...base, dir("src/b", { mode: 0o2755 })])).toEqual(["src/b added mode-bits"]);
  expect(compare(base, replace("src/a", { mode: 0o1644 }))).toEqual(["src/a mode-changed mode-bits"]);
  expect(compare(base, replace("src", { mode: 0o1755 }))).toEqual(["src mode-changed mode-bits"]);
  expect(compare(base, [...base, dir("src/b", { mode: 0o1755 })])).toEqual(["src/b added mode-bits"]);
  expect(compare(replace("src/a", { mode: 0o4644 }), base)).toEqual(["src/a mode-changed allowed"]);
  const setgid = replace("src", { mode: 0o2755 });
  expect(compare(setgid, [...setgid, dir("src/b", { mode: 0o2755 })])).toEqual(["src/b added allowed"]);
  expect(compare(setgid, [...setgid, entry("src/b", { mode: 0o2755 })])).toEqual(["src/b added mode-bits"]);
});

test("a link is followed through the tree afterwards and must end on an allowed path that exists", () => {
  const judged = (target: string, ...more: SnapshotEntry[]): string | undefined =>
    compare([...base, ...more], [...base, ...more, link("src/l", target)])[0];
  expect(judged("a")).toBe("src/l added allowed");
  expect(judged("./../src/a")).toBe("src/l added allowed");
  expect(judged(".")).toBe("src/l added allowed");
  expect(judged("../docs/../src/a")).toBe("src/l added allowed");
  expect(judged("../docs/a")).toBe("src/l added link-escape");
  expect(judged("gone")).toBe("src/l added link-escape");
  expect(judged("..")).toBe("src/l added link-escape");
  expect(judged("../../x")).toBe("src/l added link-escape");
  expect(judged("/src/a")).toBe("src/l added link-escape");
  expect(judged("a/b")).toBe("src/l added link-escape");
  expect(judged("l")).toBe("src/l added link-escape");
  expect(judged("../.git/config")).toBe("src/l added link-escape");
  expect(judged("m/a", link("src/m", "../docs"))).toBe("src/l added link-escape");
  expect(judged("m/../a", link("src/m", "../src"))).toBe("src/l added link-escape");
  expect(judged("m/a", link("src/m", "."))).toBe("src/l added allowed");
});

test("a link that pointed out before is judged again only when it points elsewhere", () => {
  const before = [...base, link("src/l", "../docs/a")];
  expect(
    compare(
      before,
      before.map((item) => (item.path === "src/l" ? { ...item, ctimeNs: "2" } : item)),
    ),
  ).toEqual(["src/l touched touched"]);
  expect(compare(before, [...base, link("src/l", "../docs")])).toEqual(["src/l modified link-escape"]);
});

test("a nested repository is a violation inside allowed paths, in any case of its name", () => {
  for (const name of [".git", ".GIT", ".Git"])
    expect(
      compare(base, [...base, dir("src/x"), dir(`src/x/${name}`), entry(`src/x/${name}/config`)]),
    ).toEqual([
      "src/x added allowed",
      `src/x/${name} added nested-repository`,
      `src/x/${name}/config added nested-repository`,
    ]);
});

test("a chain of links ends where Linux ends it, and a loop ends", () => {
  const chain = (length: number): string[] => {
    const links = Array.from({ length }, (_, at) => link(`src/l${at + 1}`, at === 0 ? "a" : `l${at}`));
    return compare([...base, ...links], [...base, ...links, link("src/l", `l${length}`)]);
  };
  expect(chain(40)).toEqual(["src/l added allowed"]);
  expect(chain(41)).toEqual(["src/l added link-escape"]);
  const loop = [link("src/m", "n"), link("src/n", "m")];
  expect(compare([...base, ...loop], [...base, ...loop, link("src/l", "m")])).toEqual([
    "src/l added link-escape",
  ]);
});

test("an allowed root stays a directory", () => {
  expect(compare(base, [dir("."), dir("docs"), entry("docs/a"), link("src", "docs")])).toEqual([
    "src type-changed root-replaced",
    "src/a deleted allowed",
  ]);
  expect(compare([dir(".")], [dir("."), entry("src")])).toEqual(["src added root-replaced"]);
});

test("what is unreadable afterwards is a violation even inside and even when it was so before", () => {
  const after = [dir("."), dir("docs"), entry("docs/a"), entry("src", { type: "unreadable", sha256: null })];
  expect(compare(base, after)).toEqual(["src type-changed unreadable"]);
  expect(compare(after, after)).toEqual(["src modified unreadable"]);
  expect(compare(base, [entry(".", { type: "unreadable" })])).toEqual([". type-changed unreadable"]);
});

test("a mount inside the tree is a violation", () => {
  expect(compare(base, replace("src/a", { dev: "2" }))).toEqual(["src/a modified special-file"]);
  expect(compare(base, [...base, dir("src/m", { dev: "2" })])).toEqual(["src/m added special-file"]);
});

test("a tree that is gone is a violation", () => {
  expect(compare([dir(".")], [])).toEqual([". deleted outside-allowed"]);
  for (const glob of ["src/**", "**", "docs"]) {
    expect(compare(base, [], glob)[0]).toBe(". deleted outside-allowed");
    expect(compare([], base, glob)[0]).toBe(". added outside-allowed");
  }
});

test("a path longer than an observation may hold keeps its head and gets its digest", () => {
  const long = `src/${"\\xff".repeat(3000)}`;
  const [change] = compareSnapshots(snapshotOf([]), snapshotOf([entry(long)]), allow("src/**"));
  expect(change?.path.length).toBeLessThanOrEqual(8192);
  expect(change?.path).toMatch(/\\~[0-9a-f]{64}$/u);
  expect(change?.rule).toBe("not-utf8");
});

const name = fc.constantFrom("a", "b", ".git", "src", "\\xff", "é");
const anyEntry: fc.Arbitrary<SnapshotEntry> = fc.record({
  path: fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
  type: fc.constantFrom(...ENTRY_TYPES),
  mode: fc.nat(0o7777),
  nlink: fc.nat(3),
  size: fc.nat(9),
  sha256: fc.constantFrom(null, `sha256:${"1".repeat(64)}`),
  target: fc.constantFrom(null, "a", "../src/a", "/", ".."),
  ino: fc.constantFrom("1", "2"),
  dev: fc.constantFrom("1", "2"),
  ctimeNs: fc.constantFrom("1", "2"),
});
const anyTree = fc.uniqueArray(anyEntry, { selector: ({ path }) => path, maxLength: 8 });

test("a tree compared with itself has only its unreadable paths to tell", () => {
  fc.assert(
    fc.property(anyTree, (entries) => {
      const changes = compareSnapshots(snapshotOf(entries), snapshotOf(entries), allow("src/**"));
      const unreadable = entries.filter(({ type }) => type === "unreadable").map(({ path }) => path);
      expect(changes.map(({ path }) => path)).toEqual(unreadable.toSorted());
    }),
  );
});

test("any difference but time and inode is reported, and with nothing allowed nothing is allowed", () => {
  fc.assert(
    fc.property(anyTree, anyTree, (before, after) => {
      const changes = compareSnapshots(snapshotOf(before), snapshotOf(after), allow());
      expect(changes.filter(({ verdict }) => verdict === "allowed")).toEqual([]);
      for (const { verdict, rule } of changes) expect(rule !== null).toBe(verdict === "violation");
    }),
  );
});
