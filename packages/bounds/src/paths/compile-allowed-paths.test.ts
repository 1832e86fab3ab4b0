import fc from "fast-check";
import picomatch from "picomatch";
import { expect, test } from "vitest";
import { compileAllowedPaths, type AllowedPaths } from "./compile-allowed-paths.ts";

function compile(...globs: string[]): AllowedPaths {
  const compiled = compileAllowedPaths(globs);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled;
}

test.each([
  ["src/**", "src/a.ts", true],
  ["src/**", "src/.env", true],
  ["src/**", "src/a/b/.c/d", true],
  ["src/**", "src", true],
  ["src/**", "src\\..\\x", false],
  ["src/**", "SRC/a.ts", false],
  ["src/**", "srcs/a.ts", false],
  ["src/**", "src/../x", false],
  ["src/**", "src/./x", false],
  ["src/**", "src//x", false],
  ["src/**", "src/", false],
  ["src/**", "/src/a.ts", false],
  ["src/**", "", false],
  ["src/**", "src/a\0b", false],
  ["src/**", "src/\ud800", false],
  ["src/**", "src/x/.git/config", true],
  ["**", ".git/config", false],
  ["**", ".GIT/config", false],
  ["**", "a/b", true],
  ["*", "a", true],
  ["*", "a/b", false],
  ["src/*.ts", "src/.ts", true],
  ["src/*.ts", "src/a.ts", true],
  ["src/*.ts", "src/a/b.ts", false],
  ["src/?.ts", "src/a.ts", true],
  ["src/?.ts", "src/ab.ts", false],
  ["src/**/x.ts", "src/x.ts", true],
  ["src/**/x.ts", "src/a/b/x.ts", true],
  ["src/??/x.ts", "src/../x.ts", false],
  ["src/??/x.ts", "src/ab/x.ts", true],
  ["src/?/x.ts", "src/./x.ts", false],
  ["src/**/??", "src/a/..", false],
  ["??/x.ts", "../x.ts", false],
  ["src/a.ts", "src/aXts", false],
  ["src/a$^b.ts", "src/a$^b.ts", true],
  ["src/**", "src/[a]{b}(c)!.ts", true],
  ["café.md", "café.md", true],
  ["café.md", "cafe\u0301.md", false],
] as const)("%j on %j says %s", (glob, path, expected) => {
  expect(compile(glob).matches(path)).toBe(expected);
});

test.each([
  "",
  "/src/**",
  "../x",
  "src/../x",
  "./src",
  "src/./x",
  "src//x",
  "src/",
  "src\\x",
  "!docs/**",
  "src/!(a)",
  "src/[a].ts",
  "src/{a,b}",
  "src/(a|b)",
  "src/@(a)",
  "src/+(a)",
  "src/a+",
  "src/a@b",
  'src/"a"',
  "src/a\nb",
  "src/a\u007f",
  "cafe\u0301/**",
  ".git/hooks/**",
  "src/.git/x",
  "src/.GIT",
  "src/a**",
  "src/**.ts",
  "src/***",
  "src/\ud800",
  "a".repeat(5000),
])("refuses %j as outside the dialect", (glob) => {
  const compiled = compileAllowedPaths([glob]);
  expect(compiled).toMatchObject({ ok: false, problems: [{ glob }] });
});

test("every problem is told, not only the first", () => {
  const compiled = compileAllowedPaths(["src/**", "../a", "!b"]);
  expect(compiled.ok ? [] : compiled.problems.map(({ glob }) => glob)).toEqual(["../a", "!b"]);
});

test("roots are the literal directories in front of the first wildcard or the last name", () => {
  expect(compile("src/**", "src/*.ts", "docs/api/readme.md", "pkg/*/src/**").roots).toEqual([
    "docs/api",
    "pkg",
    "src",
  ]);
  expect(compile("**", "README.md").roots).toEqual(["."]);
});

test("no globs allow nothing", () => {
  const allowed = compile();
  expect(allowed.roots).toEqual([]);
  expect(allowed.matches("a")).toBe(false);
});

const segment = fc.constantFrom(
  "a",
  "b.ts",
  "*",
  "?",
  "**",
  "*.ts",
  ".x",
  "..",
  ".git",
  "",
  "é",
  "(",
  "!c",
  "$",
  "\\",
);
const path = fc.array(
  fc.constantFrom("a", "b.ts", ".x", "..", ".", ".git", "", "\n", "\0", "é", "src", "\\"),
  { maxLength: 5 },
);

test("compiling and matching are total, and nothing outside the workspace is ever allowed", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(segment, { maxLength: 5 }).map((parts) => parts.join("/")),
        fc.string({ unit: "binary" }),
      ),
      path,
      (glob, parts) => {
        const compiled = compileAllowedPaths([glob]);
        const matched = compiled.ok && compiled.matches(parts.join("/"));
        const leaves =
          parts.length === 0 ||
          parts[0] === ".git" ||
          parts.some((part) => ["", ".", ".."].includes(part) || part.includes("\0"));
        expect(matched && leaves).toBe(false);
      },
    ),
  );
});

test("a literal glob allows exactly itself", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.string({ unit: "grapheme" }),
      (glob, other) => {
        const compiled = compileAllowedPaths([glob]);
        if (!compiled.ok || /[*?]/u.test(glob)) return;
        expect(compiled.matches(glob)).toBe(true);
        if (other !== glob) expect(compiled.matches(other)).toBe(false);
      },
    ),
  );
});

const PICOMATCH = {
  dot: true,
  nonegate: true,
  noextglob: true,
  nobrace: true,
  nocase: false,
  windows: false,
};
const letters = fc.constantFrom("a", "b", ".", "-", "$", "^", " ", "é", "\u2028", "😀", "\n");
const globSegment = fc.oneof(
  fc.constant("**"),
  fc
    .array(fc.oneof(fc.constantFrom("*", "?", "*", "a"), letters), { minLength: 1, maxLength: 7 })
    .map((parts) => parts.join("")),
);
const pathSegment = fc.array(letters, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));

test("R35: a glob matches exactly the paths that picomatch's own expression matches", () => {
  let [compared, matched] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(globSegment, { minLength: 1, maxLength: 4 }),
      fc.array(pathSegment, { minLength: 1, maxLength: 5 }),
      (globs, paths) => {
        const [glob, path] = [globs.join("/"), paths.join("/")];
        const compiled = compileAllowedPaths([glob]);
        if (!compiled.ok || paths.some((part) => part === "." || part === "..")) return;
        compared += 1;
        const wanted = picomatch(glob, PICOMATCH)(path);
        matched += wanted ? 1 : 0;
        expect([glob, path, compiled.matches(path)]).toEqual([glob, path, wanted]);
      },
    ),
    { numRuns: 5000 },
  );
  expect(compared).toBeGreaterThan(500);
  expect(matched).toBeGreaterThan(50);
});

test("R35: a path that was made from its glob is matched as picomatch matches it", () => {
  fc.assert(
    fc.property(
      fc.array(globSegment, { minLength: 1, maxLength: 4 }),
      fc.array(fc.array(pathSegment, { maxLength: 3 }), { minLength: 30, maxLength: 30 }),
      (globs, fillings) => {
        const glob = globs.join("/");
        const compiled = compileAllowedPaths([glob]);
        if (!compiled.ok) return;
        let next = 0;
        const filling = (): readonly string[] => fillings[(next += 1) % fillings.length] ?? [];
        const path = glob
          .replaceAll("**", () => filling().join("/"))
          .replaceAll("*", () => filling().join(""))
          .replaceAll("?", () => filling()[0]?.charAt(0) ?? "z");
        if (path.split("/").some((part) => ["", ".", ".."].includes(part)) || /\p{Cs}/u.test(path)) return;
        expect([glob, path, compiled.matches(path)]).toEqual([glob, path, picomatch(glob, PICOMATCH)(path)]);
      },
    ),
    { numRuns: 3000 },
  );
});

// Each of these keeps the language's own engine busy for longer than any test may take.
test.each([
  ["*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "a".repeat(255)],
  ["*?*?*?*?*?*?*?*?*?*?*?*?*?*b", "a".repeat(255)],
  ["**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b", Array.from({ length: 1500 }, () => "a").join("/")],
  ["**/*a*/**/*a*/**/*a*/**/*a*/**/*a*/**/b", Array.from({ length: 800 }, () => "aaaa").join("/")],
  [`${"*a".repeat(2000)}b`, "a".repeat(255)],
])("R35: the glob %s ends on a name that a backend chose", (glob, path) => {
  expect(compile(glob).matches(path)).toBe(false);
});
