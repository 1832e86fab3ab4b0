import { realpathSync } from "node:fs";
import { nameOf } from "./names.ts";
import type { FrozenNode } from "./tree-model.ts";

/** The tree by raw path at one moment. */
export type FrozenTree = ReadonlyMap<string, FrozenNode>;

/** Globs of the fuzz; {@link isAllowed} says the same without a matching engine. */
export const ALLOWED = ["src/**", "deep/x/a/**"];

/**
 * The change set as the documentation promises it, from the model alone: `path kind verdict`, sorted by code unit. Only
 * where a link leads is asked of the kernel.
 */
export function expectedChanges(before: FrozenTree, after: FrozenTree, realRoot: string): string[] {
  const lines: string[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(path), after.get(path)];
    const kind = expectedKind(was, is);
    if (kind === null) continue;
    const bad = kind !== "touched" && isViolation(path, was, is, { before, after, realRoot });
    const verdict = kind === "touched" ? "touched" : bad ? "violation" : "allowed";
    lines.push(`${shown(path)} ${kind} ${verdict}`);
  }
  return lines.toSorted();
}

function expectedKind(was: FrozenNode | undefined, is: FrozenNode | undefined): string | null {
  if (was === undefined) return "added";
  if (is === undefined) return "deleted";
  if (was.type !== is.type) return "type-changed";
  if (is.type === "dir") return was.mode === is.mode ? null : "mode-changed";
  if (!was.content.equals(is.content) || is.links > was.links) return "modified";
  if (was.mode !== is.mode) return "mode-changed";
  return was.node !== is.node || was.stamp !== is.stamp ? "touched" : null;
}

interface Trees {
  readonly before: FrozenTree;
  readonly after: FrozenTree;
  readonly realRoot: string;
}

function isViolation(
  path: string,
  was: FrozenNode | undefined,
  is: FrozenNode | undefined,
  trees: Trees,
): boolean {
  if (path !== "" && !path.split("/").every((name) => nameOf(name).utf8)) return true;
  if (is !== undefined && is.type !== "dir" && (path === "src" || path === "deep/x/a")) return true;
  if (is?.type === "fifo" || is?.type === "socket") return true;
  if (is?.type === "file" && is.links > 1) return true;
  if (is !== undefined && gainsSpecialBits(path, was, is, trees.after)) return true;
  if (!isAllowed(path) && !isWayToAllowed(path, was, is, trees)) return true;
  return is?.type === "symlink" && was?.content.equals(is.content) !== true && !leadsToAllowed(path, trees);
}

function gainsSpecialBits(
  path: string,
  was: FrozenNode | undefined,
  is: FrozenNode,
  after: FrozenTree,
): boolean {
  const gained = is.mode & 0o7000 & ~(was?.mode ?? 0);
  const parent = after.get(path.split("/").slice(0, -1).join("/"));
  const inherited = was === undefined && is.type === "dir" && gained === 0o2000;
  return gained !== 0 && !(inherited && ((parent?.mode ?? 0) & 0o2000) !== 0);
}

/** A new line in a name matches no glob, which errs on the safe side. */
function isAllowed(path: string): boolean {
  return !path.includes("\n") && /^(?:src|deep\/x\/a)(?:\/|$)/.test(path);
}

function isWayToAllowed(
  path: string,
  was: FrozenNode | undefined,
  is: FrozenNode | undefined,
  { before, after }: Trees,
): boolean {
  const folder = was === undefined ? is?.type === "dir" : is === undefined && was.type === "dir";
  const holds = [...before.keys(), ...after.keys()].some(
    (other) =>
      other.startsWith(`${path}/`) && isAllowed(other) && other.split("/").every((name) => nameOf(name).utf8),
  );
  return folder && path !== "" && holds;
}

function leadsToAllowed(path: string, { after, realRoot }: Trees): boolean {
  // The link itself is followed by the kernel, so that nothing of the harness's own reading of links is repeated here.
  try {
    const raw = Buffer.concat([Buffer.from(`${realRoot}/`), Buffer.from(path, "latin1")]);
    const real = realpathSync(raw, { encoding: "buffer" }).toString("latin1");
    const inside = `${Buffer.from(realRoot).toString("latin1")}/`;
    if (!real.startsWith(inside)) return false;
    const target = real.slice(inside.length);
    const plain = target.split("/").every((name) => nameOf(name).utf8);
    return plain && isAllowed(target) && after.has(target);
  } catch {
    return false;
  }
}

function shown(path: string): string {
  return path === ""
    ? "."
    : path
        .split("/")
        .map((name) => nameOf(name).shown)
        .join("/");
}
