/** What a name in the model leads to. One node may have several names. */
export interface TreeNode {
  readonly type: "file" | "dir" | "symlink" | "fifo" | "socket";
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  /** Content of a file, target of a symlink, empty for the rest. */
  content: Buffer;
  /** Names that lead here, those outside of the tree included. */
  links: number;
  /** Grows with every change that the kernel stamps on the node. */
  stamp: number;
  /** Entries of a directory by raw name in latin1. */
  readonly names: Map<string, TreeNode>;
}

/** A node where it was found: raw names from the root down. */
export interface Place {
  readonly path: readonly string[];
  readonly node: TreeNode;
  readonly parent: TreeNode;
}

/** A node as it was at one moment. */
export interface FrozenNode {
  readonly node: TreeNode;
  readonly type: TreeNode["type"];
  readonly mode: number;
  readonly content: Buffer;
  readonly links: number;
  readonly stamp: number;
}

/** Makes a node with one name. */
export function makeNode(type: TreeNode["type"], mode: number, content: Buffer = Buffer.alloc(0)): TreeNode {
  return { type, mode, content, links: 1, stamp: 0, names: new Map() };
}

/** Everything below a directory, parents first. */
export function placesBelow(dir: TreeNode, path: readonly string[] = []): Place[] {
  return [...dir.names].flatMap(([name, node]) => {
    const here = [...path, name];
    return [{ path: here, node, parent: dir }, ...placesBelow(node, here)];
  });
}

/** The tree as it is now, by raw path; the root is the empty path. */
export function freezeTree(root: TreeNode): ReadonlyMap<string, FrozenNode> {
  const freeze = (node: TreeNode): FrozenNode => {
    const { type, mode, content, links, stamp } = node;
    return { node, type, mode, content, links, stamp };
  };
  return new Map([
    ["", freeze(root)],
    ...placesBelow(root).map(({ path, node }): [string, FrozenNode] => [path.join("/"), freeze(node)]),
  ]);
}

/** Takes a name away from a directory; the node it led to keeps its other names, and is stamped for it. */
export function dropName(parent: TreeNode, name: string): void {
  const node = parent.names.get(name);
  if (node === undefined) throw new Error("the model has no such name");
  parent.names.delete(name);
  node.links -= 1;
  node.stamp += 1;
  for (const below of node.names.keys()) dropName(node, below);
}
