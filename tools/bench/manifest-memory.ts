// Looks at a tree twice as a trial does, compares, and prints its own peak of resident memory in bytes.
import { compareSnapshots, compileAllowedPaths, takeSnapshot } from "@stage6/bounds";

const [tree] = process.argv.slice(2);
if (tree === undefined) throw new Error("usage: manifest-memory TREE");
const allowed = compileAllowedPaths(["src/**"]);
if (!allowed.ok) throw new Error("globs");
const before = await takeSnapshot(tree);
const after = await takeSnapshot(tree);
const changes = compareSnapshots(before, after, allowed).length;
if (changes > 0) throw new Error(`${changes} changes in a quiet tree`);
process.stdout.write(`${process.resourceUsage().maxRSS * 1024}\n`);
