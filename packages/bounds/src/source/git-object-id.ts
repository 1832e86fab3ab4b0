import { createHash, type Hash } from "node:crypto";

/** Digest that a repository's object ids are made with. */
export type GitObjectFormat = "sha1" | "sha256";

/** One entry of a git tree. */
export interface GitTreeEntry {
  /** As git writes it: `100644`, `100755`, `120000` or `40000`. */
  readonly mode: string;
  /** Raw bytes of the name, without `/`. */
  readonly name: Buffer;
  /** Object id, hex. */
  readonly id: string;
}

/** Starts the id of a blob of `size` bytes: feed it the content. Source: gitformat-pack, `blob <size>\0<content>`. */
export function startBlobId(format: GitObjectFormat, size: number): Hash {
  return createHash(format).update(`blob ${size}\0`);
}

/** Id of a tree, hex, from its entries in any order. Source: git's own order, in which a folder's name ends in `/`. */
export function gitTreeId(format: GitObjectFormat, entries: readonly GitTreeEntry[]): string {
  const sorted = entries.toSorted((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const body = Buffer.concat(
    sorted.flatMap(({ mode, name, id }) => [
      Buffer.from(`${mode} `),
      name,
      Buffer.of(0),
      Buffer.from(id, "hex"),
    ]),
  );
  return createHash(format).update(`tree ${body.length}\0`).update(body).digest("hex");
}

const sortKey = ({ mode, name }: GitTreeEntry): Buffer =>
  mode === "40000" ? Buffer.concat([name, Buffer.from("/")]) : name;
