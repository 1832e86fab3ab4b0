import { execFileSync } from "node:child_process";
import {
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HeldFolder } from "./held-folder.ts";
import { listHeldFiles } from "./list-held-files.ts";

const RULES = { maxBytes: 1024 };
const LIMITS = { maxEntries: 1000, maxDepth: 8 };

let base: string;
let mine: string;
let theirs: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "stage6-held-")));
  mine = join(base, "lane");
  theirs = join(base, "operator");
  mkdirSync(join(mine, "a", "b"), { recursive: true });
  mkdirSync(theirs);
  writeFileSync(join(mine, "a", "b", "file"), "own");
  writeFileSync(join(theirs, "file"), "private");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const code = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
  return "taken";
};
const openDescriptors = (): number => readdirSync("/proc/self/fd").length;

describe.each([
  ["with descriptor paths", true],
  ["without descriptor paths", false],
])("a held folder, %s,", (_name, descriptorPaths) => {
  const held = <T>(act: (folder: HeldFolder) => T, path = mine, owners?: readonly number[]): T => {
    const folder = HeldFolder.open(path, { descriptorPaths, ...(owners === undefined ? {} : { owners }) });
    try {
      return act(folder);
    } finally {
      folder.close();
    }
  };

  it("gives what is there, lists it, and leaves no descriptor open", () => {
    const before = openDescriptors();
    expect(held((folder) => folder.read("a/b/file", RULES)).toString()).toBe("own");
    expect(held((folder) => listHeldFiles(folder, LIMITS))).toEqual({ files: ["a/b/file"], refused: [] });
    expect(code(() => held((folder) => folder.read("a/none", RULES)))).toBe("MISSING");
    expect(openDescriptors()).toBe(before);
  });

  it("follows no link: as the folder itself, above it, in a middle part, at the end", () => {
    symlinkSync(theirs, join(mine, "link"));
    symlinkSync(join(theirs, "file"), join(mine, "a", "b", "end"));
    symlinkSync(mine, join(base, "above"));
    expect(code(() => held(() => null, join(mine, "link")))).toBe("LINK");
    expect(code(() => held(() => null, join(base, "above", "a")))).toBe("LINK");
    expect(code(() => held((folder) => folder.read("link/file", RULES)))).toBe("LINK");
    expect(code(() => held((folder) => folder.folder("link")))).toBe("LINK");
    expect(code(() => held((folder) => folder.read("a/b/end", RULES)))).toBe("LINK");
    expect(code(() => held((folder) => folder.write("link/new", Buffer.of(1), 0o600)))).toBe("LINK");
    expect(code(() => held((folder) => folder.write("a/b/end", Buffer.of(1), 0o600)))).toBe("CHANGED");
    expect(readdirSync(theirs)).toEqual(["file"]);
    expect(readFileSync(join(theirs, "file"), "utf8")).toBe("private");
  });

  it("leaves no way up", () => {
    for (const path of ["../operator/file", "a/../../operator/file", ".", "a/./b/file", "a\0b"])
      expect(code(() => held((folder) => folder.read(path, RULES)))).toBe("LINK");
  });

  it("never opens a FIFO, a device or a folder as a file", () => {
    execFileSync("mkfifo", [join(mine, "fifo")]);
    for (const path of ["fifo", "a"])
      expect(code(() => held((folder) => folder.read(path, RULES)))).toBe("NOT_REGULAR");
    expect(code(() => held((folder) => folder.read("null", RULES), "/dev"))).toBe("NOT_REGULAR");
  });

  it("takes neither a second name of a file nor a file or folder of another owner", () => {
    linkSync(join(theirs, "file"), join(mine, "second"));
    expect(code(() => held((folder) => folder.read("second", RULES)))).toBe("HARD_LINK");
    expect(held((folder) => folder.read("second", { ...RULES, maxLinks: 2 })).toString()).toBe("private");
    const strangers = [4_000_000];
    expect(code(() => held((folder) => folder.read("a/b/file", RULES), mine, strangers))).toBe(
      "FOREIGN_OWNER",
    );
    expect(code(() => held((folder) => folder.folder("a"), mine, strangers))).toBe("FOREIGN_OWNER");
    if (process.geteuid?.() !== 0) return;
    chownSync(join(mine, "a", "b", "file"), 4_000_000, 4_000_000);
    expect(code(() => held((folder) => folder.read("a/b/file", RULES)))).toBe("FOREIGN_OWNER");
    expect(held((folder) => folder.read("a/b/file", RULES), mine, [0, 4_000_000]).toString()).toBe("own");
  });

  it("reads no more than it may: a large file, an endless sparse one, one that grows meanwhile", () => {
    writeFileSync(join(mine, "large"), Buffer.alloc(1025));
    writeFileSync(join(mine, "sparse"), "");
    truncateSync(join(mine, "sparse"), 100 * 2 ** 30);
    for (const path of ["large", "sparse"])
      expect(code(() => held((folder) => folder.read(path, RULES)))).toBe("TOO_LARGE");
    writeFileSync(join(mine, "growing"), Buffer.alloc(1024));
    const grow = (): void => writeFileSync(join(mine, "growing"), Buffer.alloc(1024), { flag: "a" });
    expect(code(() => held((folder) => folder.readChunks("growing", RULES, grow)))).toBe("TOO_LARGE");
  });

  it("stays in its folder when a part is swapped for a link between the listing and the opening", () => {
    held((folder) => {
      expect(listHeldFiles(folder, LIMITS).files).toEqual(["a/b/file"]);
      renameSync(join(mine, "a", "b"), join(mine, "a", "was"));
      symlinkSync(theirs, join(mine, "a", "b"));
      expect(code(() => folder.read("a/b/file", RULES))).toBe("LINK");
    });
  });

  it("stays in its folder, or says that it changed, when the held folder itself is swapped", () => {
    held((folder) => {
      renameSync(mine, join(base, "moved"));
      symlinkSync(theirs, mine);
      const found = code(() => expect(folder.read("a/b/file", RULES).toString()).toBe("own"));
      expect(found).toBe(descriptorPaths ? "taken" : "CHANGED");
      expect(code(() => folder.read("file", RULES))).toBe(descriptorPaths ? "MISSING" : "CHANGED");
    });
  });

  it("moves a real folder alone, and over nothing", () => {
    mkdirSync(join(mine, "state"));
    writeFileSync(join(mine, "state", "x"), "1");
    symlinkSync(theirs, join(mine, "link"));
    held((folder) => {
      const into = folder.folder("a");
      expect(code(() => folder.moveFolder("link", into, "moved"))).toBe("LINK");
      expect(code(() => folder.moveFolder("state", into, "b"))).toBe("CHANGED");
      folder.moveFolder("state", into, "moved");
      into.close();
    });
    expect(readFileSync(join(mine, "a", "moved", "x"), "utf8")).toBe("1");
  });

  it("makes files only where every part is a real folder, with the mode it was asked for", () => {
    held((folder) => folder.write("new/deep/file", Buffer.from("x"), 0o700));
    expect(readFileSync(join(mine, "new", "deep", "file"), "utf8")).toBe("x");
    symlinkSync(theirs, join(mine, "new", "link"));
    expect(code(() => held((folder) => folder.write("new/link/deep/file", Buffer.from("x"), 0o600)))).toBe(
      "LINK",
    );
    expect(readdirSync(theirs)).toEqual(["file"]);
  });
});

describe("a listing of held files", () => {
  const list = (limits = LIMITS) => {
    const folder = HeldFolder.open(mine);
    try {
      return listHeldFiles(folder, limits);
    } finally {
      folder.close();
    }
  };

  it("refuses links, loops of links, FIFOs, what is too deep and what is too much, by name", () => {
    symlinkSync("..", join(mine, "a", "loop"));
    symlinkSync(theirs, join(mine, "link"));
    execFileSync("mkfifo", [join(mine, "fifo")]);
    expect(list().refused).toEqual([
      { path: "a/loop", code: "LINK" },
      { path: "fifo", code: "NOT_REGULAR" },
      { path: "link", code: "LINK" },
    ]);
    expect(list({ maxEntries: 1000, maxDepth: 1 }).refused).toContainEqual({ path: "a/b", code: "TOO_DEEP" });
    expect(list({ maxEntries: 2, maxDepth: 8 }).refused.map((one) => one.code)).toContain("TOO_MANY");
  });

  it("ends with 100,000 names, and has read no more of them than it may", () => {
    const many = join(mine, "many");
    mkdirSync(many);
    for (let at = 0; at < 100_000; at += 1) closeSync(openSync(join(many, String(at)), "wx"));
    const { files, refused } = list({ maxEntries: 50_000, maxDepth: 8 });
    expect(files.length).toBeLessThanOrEqual(50_000);
    expect(refused.map((one) => one.code)).toEqual(["TOO_MANY"]);
  }, 60_000);
});
