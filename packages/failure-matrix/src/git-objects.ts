import { createHash } from "node:crypto";

/** A file of a tree. */
export interface TreeFile {
  readonly path: string;
  readonly content: string;
}

function objectId(type: "blob" | "tree" | "commit", body: Uint8Array): Buffer {
  return createHash("sha1").update(`${type} ${body.length}\0`).update(body).digest();
}

function treeHash(files: readonly TreeFile[]): Buffer {
  const folders = new Map<string, TreeFile[]>();
  const entries: { readonly name: string; readonly mode: string; readonly id: Buffer }[] = [];
  for (const { path, content } of files) {
    const slash = path.indexOf("/");
    if (slash < 0) entries.push({ name: path, mode: "100644", id: objectId("blob", Buffer.from(content)) });
    else {
      const inside = folders.get(path.slice(0, slash)) ?? [];
      inside.push({ path: path.slice(slash + 1), content });
      folders.set(path.slice(0, slash), inside);
    }
  }
  for (const [name, inside] of folders) entries.push({ name, mode: "40000", id: treeHash(inside) });
  // git sorts a folder as if its name ended with a slash.
  const key = ({ name, mode }: (typeof entries)[number]): string => (mode === "40000" ? `${name}/` : name);
  entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return objectId(
    "tree",
    Buffer.concat(entries.flatMap(({ name, mode, id }) => [Buffer.from(`${mode} ${name}\0`), id])),
  );
}

/** Git id (SHA-1) of the tree of these regular files; paths are ASCII. */
export function treeId(files: readonly TreeFile[]): string {
  return treeHash(files).toString("hex");
}

/** Who commits the base of a seeded target, and when: the same for all, so that the commit id depends on the files alone. */
const IDENTITY = "stage6 <stage6@example.invalid> 1767225600 +0000";

/** Git id (SHA-1) of the one commit of a seeded target. */
export function baseCommitId(tree: string): string {
  const text = `tree ${tree}\nauthor ${IDENTITY}\ncommitter ${IDENTITY}\n\nbase\n`;
  return objectId("commit", Buffer.from(text)).toString("hex");
}
