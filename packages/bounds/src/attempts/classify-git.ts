import type { ForbiddenAction } from "@stage6/evidence-interface";

const WITH_VALUE = new Set([
  "-C",
  "-c",
  "--git-dir",
  "--work-tree",
  "--namespace",
  "--exec-path",
  "--config-env",
  "--super-prefix",
]);

/** Push or merge by git, its plumbing and its sub-programs included. */
export function classifyGit(tool: string, args: readonly string[]): ForbiddenAction | null {
  if (tool === "git-send-pack" || tool === "git-http-push" || tool === "git-push") return "push";
  if (tool !== "git") return null;
  let at = 0;
  while (args[at]?.startsWith("-") === true) {
    // An alias made on the command line is a push under another name.
    if (args[at] === "-c" && /^alias\.[^=]+=!?\s*(?:git\s+)?(?:push|send-pack)\b/iu.test(args[at + 1] ?? ""))
      return "push";
    at += WITH_VALUE.has(args[at] ?? "") ? 2 : 1;
  }
  const [command, next] = args.slice(at);
  switch (command) {
    case "push":
    case "send-pack":
    case "http-push":
      return "push";
    case "subtree":
    case "lfs":
      return next === "push" ? "push" : null;
    case "svn":
      return next === "dcommit" ? "push" : null;
    case "p4":
      return next === "submit" ? "push" : null;
    case "merge":
      return next === "--abort" || next === "--quit" ? null : "merge";
    default:
      return null;
  }
}
