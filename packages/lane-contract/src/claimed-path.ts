import { short } from "./short-text.ts";

/** A path relative to the workspace when it lies inside by its text alone; otherwise as the backend wrote it. */
export function claimedPath(path: string, workspace: string): string {
  const root = workspace.endsWith("/") ? workspace : `${workspace}/`;
  const rest = path.startsWith(root) ? path.slice(root.length) : "";
  const inside = rest !== "" && !rest.split("/").includes("..");
  return short(inside ? rest : path);
}
