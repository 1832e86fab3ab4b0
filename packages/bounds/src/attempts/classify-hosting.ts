import type { ForbiddenAction } from "@stage6/evidence-interface";
import { classifyHttp } from "./classify-http.ts";

const BY_COMMAND: Readonly<Record<string, ForbiddenAction>> = {
  "pr create": "pr-open",
  "pr new": "pr-open",
  "pr reopen": "pr-open",
  "pr merge": "merge",
  "pr close": "close",
  "mr create": "pr-open",
  "mr new": "pr-open",
  "mr for": "pr-open",
  "mr merge": "merge",
  "mr accept": "merge",
  "mr close": "close",
  "issue close": "issue-close",
  "issue delete": "issue-close",
  "release create": "publish",
  "release upload": "publish",
  "release edit": "publish",
  "workflow run": "deploy",
  "repo sync": "push",
};

/** Actions by the command lines of code hosting services: gh, glab and hub. */
export function classifyHosting(tool: string, args: readonly string[]): ForbiddenAction | null {
  if (tool === "hub")
    return args[0] === "pull-request"
      ? "pr-open"
      : args[0] === "push"
        ? "push"
        : args[0] === "merge"
          ? "merge"
          : null;
  if (tool !== "gh" && tool !== "glab") return null;
  const words = withoutRepository(args);
  if (words[0] === "api") return classifyApi(words.slice(1));
  const command = `${words[0]} ${words[1]}`;
  return Object.hasOwn(BY_COMMAND, command) ? (BY_COMMAND[command] ?? null) : null;
}

function withoutRepository(args: readonly string[]): readonly string[] {
  return args.filter((arg, index) => {
    const previous = args[index - 1];
    return (
      arg !== "-R" &&
      arg !== "--repo" &&
      !arg.startsWith("--repo=") &&
      previous !== "-R" &&
      previous !== "--repo"
    );
  });
}

const VALUE_FLAGS = new Set([
  "-X",
  "--method",
  "-f",
  "-F",
  "--field",
  "--raw-field",
  "-H",
  "--header",
  "-q",
  "--jq",
  "-t",
  "--template",
  "--input",
  "--hostname",
  "--cache",
  "-p",
  "--preview",
]);

function classifyApi(args: readonly string[]): ForbiddenAction | null {
  let method: string | null = null;
  let path = "";
  const fields: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [flag, attached] = splitFlag(args[at] ?? "");
    if (!VALUE_FLAGS.has(flag)) {
      if (!flag.startsWith("-") && path === "") path = flag;
      continue;
    }
    const value = attached ?? args[(at += 1)] ?? "";
    if (flag === "-X" || flag === "--method") method = value;
    if (/^(?:-f|-F|--field|--raw-field)$/u.test(flag)) fields.push(value);
  }
  return classifyHttp(
    method ?? (fields.length > 0 || path === "graphql" ? "POST" : "GET"),
    path,
    fields.join("&"),
  );
}

function splitFlag(arg: string): readonly [string, string?] {
  const long = /^(--[a-z-]+)=(.*)$/su.exec(arg);
  if (long !== null) return [long[1] ?? "", long[2] ?? ""];
  return /^-X./u.test(arg) ? ["-X", arg.slice(2)] : [arg];
}
