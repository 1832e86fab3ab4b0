// Long because it is one table: every kind of file operation, done to the real tree and to the model alike.
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Random } from "../mutants/random.ts";
import { NAMES, TOP_NAMES } from "./names.ts";
import { dropName, makeNode, placesBelow, type Place, type TreeNode } from "./tree-model.ts";

/** One tree on disk with its model, and a folder beside it for what is not part of it. */
export interface FuzzTree {
  readonly root: string;
  readonly aside: string;
  readonly model: TreeNode;
  readonly random: Random;
  /** Special files made before, in `aside`; an operation moves one into the tree. */
  readonly specials: { readonly file: string; readonly type: "fifo" | "socket" }[];
}

/** One kind of operation; false when the tree has nothing to do it to. */
export type Operation = (tree: FuzzTree) => boolean;

const FILE_MODES = [0o644, 0o600, 0o755, 0o664, 0o4755];
const DIR_MODES = [0o755, 0o700, 0o775, 0o1777, 0o2755];
const TARGETS = ["a", "../src/a", "../docs/a", "../../..", "/etc/passwd", "nowhere", "../src", ".", "x/../a"];
const UMASK = process.umask();
const IS_ROOT = process.getuid?.() === 0;

function real({ root }: FuzzTree, path: readonly string[]): Buffer {
  return Buffer.concat([
    Buffer.from(root),
    ...path.flatMap((name) => [Buffer.from("/"), Buffer.from(name, "latin1")]),
  ]);
}

function pickPlace(tree: FuzzTree, wanted: (place: Place) => boolean): Place | null {
  const found = placesBelow(tree.model).filter(wanted);
  return found.length === 0 ? null : tree.random.pick(found);
}

const isFile = ({ node }: Place): boolean => node.type === "file";
const isDir = ({ node }: Place): boolean => node.type === "dir";
const isOther = (place: Place): boolean => !isDir(place);

/** A path that nothing has yet, below any directory of the tree. */
function freePlace(
  tree: FuzzTree,
): { readonly path: string[]; readonly parent: TreeNode; readonly name: string } | null {
  const { random, model } = tree;
  const dir = random.below(4) === 0 ? null : pickPlace(tree, isDir);
  const { name, parent } = {
    name: random.pick(dir === null ? TOP_NAMES : NAMES).raw,
    parent: dir?.node ?? model,
  };
  return parent.names.has(name) ? null : { path: [...(dir?.path ?? []), name], parent, name };
}

function content({ random }: FuzzTree): Buffer {
  return random.bytes(1 + random.below(40));
}

function lastName({ path }: Place): string {
  return path.at(-1) ?? "";
}

/** Writing clears setuid for everybody but root. */
function written(node: TreeNode, bytes: Buffer): void {
  node.content = bytes;
  node.stamp += 1;
  if (!IS_ROOT) node.mode &= ~0o4000;
}

function putFile(tree: FuzzTree, path: readonly string[], parent: TreeNode, bytes: Buffer): void {
  writeFileSync(real(tree, path), bytes, { flag: "wx" });
  parent.names.set(path.at(-1) ?? "", makeNode("file", 0o666 & ~UMASK, bytes));
}

function putDir(tree: FuzzTree, path: readonly string[], parent: TreeNode): TreeNode {
  mkdirSync(real(tree, path));
  const node = makeNode("dir", (0o777 & ~UMASK) | (parent.mode & 0o2000));
  parent.names.set(path.at(-1) ?? "", node);
  return node;
}

/** Takes away whatever a path holds, from both. */
function remove(tree: FuzzTree, { path, parent, node }: Place): void {
  if (node.type === "dir") rmSync(real(tree, path), { recursive: true });
  else unlinkSync(real(tree, path));
  dropName(parent, path.at(-1) ?? "");
}

/** Moves a node to another name, where it takes the place of what was there. */
function move(tree: FuzzTree, from: Place, path: readonly string[], parent: TreeNode): void {
  renameSync(real(tree, from.path), real(tree, path));
  const name = path.at(-1) ?? "";
  // Two names of one file: the kernel does nothing at all.
  if (parent.names.get(name) === from.node) return;
  if (parent.names.has(name)) dropName(parent, name);
  from.parent.names.delete(lastName(from));
  parent.names.set(name, from.node);
  from.node.stamp += 1;
}

function isWithin(path: readonly string[], dir: Place): boolean {
  return dir.path.every((name, index) => path[index] === name);
}

/** Every kind of operation by name. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: (tree) => {
    const free = freePlace(tree);
    if (free !== null) putFile(tree, free.path, free.parent, content(tree));
    return free !== null;
  },
  write: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    const bytes = content(tree);
    writeFileSync(real(tree, place.path), bytes);
    written(place.node, bytes);
    return true;
  },
  writeSame: (tree) => {
    const place = pickPlace(tree, (at) => isFile(at) && at.node.content.length > 0);
    if (place === null) return false;
    writeFileSync(real(tree, place.path), place.node.content);
    written(place.node, place.node.content);
    return true;
  },
  writeAndRevert: (tree) => {
    const place = pickPlace(tree, (at) => isFile(at) && at.node.content.length > 0);
    if (place === null) return false;
    writeFileSync(real(tree, place.path), content(tree));
    writeFileSync(real(tree, place.path), place.node.content);
    written(place.node, place.node.content);
    return true;
  },
  writeSameSizeAndTimes: (tree) => {
    const place = pickPlace(tree, (at) => isFile(at) && at.node.content.length > 0);
    if (place === null) return false;
    const file = real(tree, place.path);
    const { atime, mtime } = statSync(file);
    const bytes = tree.random.bytes(place.node.content.length);
    writeFileSync(file, bytes);
    utimesSync(file, atime, mtime);
    written(place.node, bytes);
    return true;
  },
  writeThroughLink: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    const [link, bytes] = [join(tree.aside, "through"), content(tree)];
    symlinkSync(real(tree, place.path), link);
    writeFileSync(link, bytes);
    unlinkSync(link);
    written(place.node, bytes);
    return true;
  },
  append: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    const more = content(tree);
    appendFileSync(real(tree, place.path), more);
    written(place.node, Buffer.concat([place.node.content, more]));
    return true;
  },
  truncate: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    const length = tree.random.below(60);
    if (length === place.node.content.length) return false;
    truncateSync(real(tree, place.path), length);
    const grown = Buffer.concat([place.node.content, Buffer.alloc(60)]);
    written(place.node, grown.subarray(0, length));
    return true;
  },
  rename: (tree) => {
    const [from, free] = [pickPlace(tree, () => true), freePlace(tree)];
    if (from === null || free === null || isWithin(free.path, from)) return false;
    move(tree, from, free.path, free.parent);
    return true;
  },
  renameOver: (tree) => {
    const [from, onto] = [pickPlace(tree, isOther), pickPlace(tree, isOther)];
    if (from === null || onto === null || from.path.join("/") === onto.path.join("/")) return false;
    move(tree, from, onto.path, onto.parent);
    return true;
  },
  renameOverFolder: (tree) => {
    const onto = pickPlace(tree, (at) => isDir(at) && at.node.names.size === 0);
    const from = pickPlace(tree, isDir);
    if (from === null || onto === null || from.node === onto.node || isWithin(onto.path, from)) return false;
    move(tree, from, onto.path, onto.parent);
    return true;
  },
  renameAwayAndBack: (tree) => {
    const place = pickPlace(tree, () => true);
    if (place === null) return false;
    const away = join(tree.aside, "away");
    renameSync(real(tree, place.path), away);
    renameSync(away, real(tree, place.path));
    place.node.stamp += 1;
    return true;
  },
  link: (tree) => {
    const [from, free] = [pickPlace(tree, isFile), freePlace(tree)];
    if (from === null || free === null) return false;
    linkSync(real(tree, from.path), real(tree, free.path));
    free.parent.names.set(free.name, from.node);
    from.node.links += 1;
    from.node.stamp += 1;
    return true;
  },
  linkOutside: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    linkSync(real(tree, place.path), join(tree.aside, `link-${tree.random.below(2 ** 31)}`));
    place.node.links += 1;
    place.node.stamp += 1;
    return true;
  },
  symlink: (tree) => {
    const free = freePlace(tree);
    if (free === null) return false;
    const target = Buffer.from(tree.random.pick(TARGETS));
    symlinkSync(target, real(tree, free.path));
    free.parent.names.set(free.name, makeNode("symlink", 0o777, target));
    return true;
  },
  chmod: (tree) => {
    const place = pickPlace(tree, ({ node }) => node.type === "file" || node.type === "dir");
    if (place === null) return false;
    const mode = tree.random.pick(place.node.type === "dir" ? DIR_MODES : FILE_MODES);
    chmodSync(real(tree, place.path), mode);
    place.node.mode = mode;
    place.node.stamp += 1;
    return true;
  },
  mkdir: (tree) => {
    const free = freePlace(tree);
    if (free !== null) putDir(tree, free.path, free.parent);
    return free !== null;
  },
  rmdir: (tree) => {
    const place = pickPlace(tree, (at) => isDir(at) && at.node.names.size === 0);
    if (place === null) return false;
    rmdirSync(real(tree, place.path));
    dropName(place.parent, lastName(place));
    return true;
  },
  unlink: (tree) => {
    const place = pickPlace(tree, isOther);
    if (place !== null) remove(tree, place);
    return place !== null;
  },
  removeFolder: (tree) => {
    const place = pickPlace(tree, isDir);
    if (place !== null) remove(tree, place);
    return place !== null;
  },
  utimes: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    utimesSync(real(tree, place.path), 1, 1);
    place.node.stamp += 1;
    return true;
  },
  replaceBySame: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    const fresh = join(tree.aside, "fresh");
    writeFileSync(fresh, place.node.content, { flag: "wx" });
    chmodSync(fresh, place.node.mode);
    renameSync(fresh, real(tree, place.path));
    dropName(place.parent, lastName(place));
    place.parent.names.set(lastName(place), makeNode("file", place.node.mode, place.node.content));
    return true;
  },
  fileToFolder: (tree) => {
    const place = pickPlace(tree, isOther);
    if (place === null) return false;
    remove(tree, place);
    const dir = putDir(tree, place.path, place.parent);
    putFile(tree, [...place.path, "a"], dir, content(tree));
    return true;
  },
  folderToFile: (tree) => {
    const place = pickPlace(tree, isDir);
    if (place === null) return false;
    remove(tree, place);
    putFile(tree, place.path, place.parent, content(tree));
    return true;
  },
  fileToFolderAndBack: (tree) => {
    const place = pickPlace(tree, isFile);
    if (place === null) return false;
    remove(tree, place);
    putDir(tree, place.path, place.parent);
    remove(tree, { ...place, node: place.parent.names.get(lastName(place)) ?? place.node });
    putFile(tree, place.path, place.parent, place.node.content);
    return true;
  },
  special: (tree) => {
    const [free, made] = [freePlace(tree), tree.specials.pop()];
    if (free === null || made === undefined) return false;
    renameSync(made.file, real(tree, free.path));
    chmodSync(real(tree, free.path), 0o644);
    free.parent.names.set(free.name, makeNode(made.type, 0o644));
    return true;
  },
};

/** Operations that only add: a tree to begin with is made of them. */
export const BUILDERS = [
  "create",
  "mkdir",
  "symlink",
  "link",
  "chmod",
  "create",
  "mkdir",
  "create",
  "mkdir",
  "special",
];

/** Does one random operation of the given kinds; the name of what was done, or null when there was nothing to do it to. */
export function operateAtRandom(tree: FuzzTree, kinds: readonly string[]): string | null {
  const name = tree.random.pick(kinds);
  return OPERATIONS[name]?.(tree) === true ? name : null;
}
