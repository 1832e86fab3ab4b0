import { expect, test } from "vitest";
import { tarballFindings } from "./tarball-findings.ts";

const good = [
  "LICENSE",
  "package.json",
  "src/index.ts",
  "src/fs/read.ts",
  "dist/index.js",
  "dist/index.d.ts",
  "dist/fs/read.js",
];

test("sources with their built files and a licence have no finding", () => {
  expect(tarballFindings(good)).toEqual([]);
});

test("tests and build state inside are found", () => {
  const files = [...good, "src/index.test.ts", "dist/.tsbuildinfo", "dist/fs/read.test.js.map"];
  expect(tarballFindings(files)).toEqual([
    "src/index.test.ts is a test",
    "dist/fs/read.test.js.map is a test",
    "dist/.tsbuildinfo is build state",
  ]);
});

test("a built file without source and a source without built file are found", () => {
  expect(tarballFindings([...good, "dist/gone.js"])).toEqual([
    "dist/gone.js has no source (remove dist, build again)",
  ]);
  expect(tarballFindings([...good, "src/new.ts"])).toEqual(["src/new.ts is not built"]);
});

test("an unlicensed or an empty package is found", () => {
  expect(tarballFindings(good.slice(1))).toEqual(["LICENSE is missing"]);
  expect(tarballFindings(["LICENSE", "package.json"])).toEqual(["nothing built is inside"]);
});

test("takes the tests of a shipped fixture as data", () => {
  const files = ["LICENSE", "src/a.ts", "dist/a.js", "fixtures/one/target/test/a.test.js"];
  expect(tarballFindings(files)).toEqual([]);
  expect(tarballFindings([...files, "dist/a.test.js"])).toContain("dist/a.test.js is a test");
});
