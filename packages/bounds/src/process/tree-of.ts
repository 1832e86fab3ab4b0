/** What ties a process to others. */
export interface TreeMember {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** A process, its group, and the descendants of both, in the order given. */
export function treeOf<T extends TreeMember>(rows: readonly T[], main: number): T[] {
  const inside = new Set(
    rows.filter(({ pid, group }) => pid === main || group === main).map(({ pid }) => pid),
  );
  for (let before = -1; before !== inside.size;) {
    before = inside.size;
    for (const { pid, parent } of rows) if (inside.has(parent)) inside.add(pid);
  }
  return rows.filter(({ pid }) => inside.has(pid));
}
