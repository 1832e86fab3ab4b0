import { isAbsolute, relative } from "node:path";

/** Whether a path lies below a folder, by their texts alone. */
export function isInside(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest !== "" && !rest.startsWith("..") && !isAbsolute(rest);
}
