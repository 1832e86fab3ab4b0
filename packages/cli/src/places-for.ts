import type { CommandContext } from "./command-context.ts";
import { looksLikeRoot, openRoot, type OpenRoot } from "./open-root.ts";
import type { ProbePlaces } from "./probe-lanes.ts";
import { backendsFolder } from "./user-folders.ts";

/** Where backends are for this user and this root; without a root, where they are for this user. */
export async function placesFor(context: CommandContext, root: OpenRoot | null = null): Promise<ProbePlaces> {
  const backends = backendsFolder(context.io.env);
  const opened =
    root ??
    ((await looksLikeRoot(context.root))
      ? await openRoot(context.root, context.shownRoot, context.now)
      : null);
  const entries = Object.entries(opened?.config.backends ?? {}).flatMap(([lane, path]) =>
    path === null ? [] : [[lane, path] as const],
  );
  return {
    backends,
    configured: Object.fromEntries(entries),
    env: context.io.env,
    protectedTrees: opened?.config.protectedTrees ?? [],
  };
}
