import type { ForbiddenAction } from "@stage6/evidence-interface";

const BY_MUTATION: readonly (readonly [RegExp, ForbiddenAction])[] = [
  [/\bcreatePullRequest\b/u, "pr-open"],
  [/\b(?:mergePullRequest|mergeBranch|enablePullRequestAutoMerge)\b/u, "merge"],
  [/\bclosePullRequest\b/u, "close"],
  [/\b(?:closeIssue|deleteIssue)\b/u, "issue-close"],
  [/\bcreateDeployment\b/u, "deploy"],
  [/\b(?:createRef|updateRef|createCommitOnBranch)\b/u, "push"],
];

const BY_PATH: readonly (readonly [RegExp, RegExp, ForbiddenAction])[] = [
  [/^POST$/u, /\/(?:pulls|merge_requests)$/u, "pr-open"],
  [/^PUT$/u, /\/(?:pulls|merge_requests)\/\d+\/merge$/u, "merge"],
  [/^POST$/u, /\/merges$/u, "merge"],
  [/^POST$/u, /\/git-receive-pack$/u, "push"],
  [/^(?:POST|PATCH|DELETE)$/u, /\/git\/refs(?:\/|$)/u, "push"],
  [/^(?:PUT|DELETE)$/u, /\/contents\//u, "push"],
  [/^(?:POST|PATCH)$/u, /\/releases(?:\/\d+)?$/u, "publish"],
  [/^POST$/u, /\/(?:deployments|dispatches)$/u, "deploy"],
];

/** The action a request to a code hosting service would be, by its method, path or URL, and body text. */
export function classifyHttp(method: string, url: string, body: string): ForbiddenAction | null {
  const verb = method.toUpperCase();
  const path = withoutEndSlashes(
    `/${url.replace(/^[a-z]+:\/\/[^/]*/iu, "").replace(/^\/+/u, "")}`.replace(/[?#].*$/su, ""),
  );
  if (path.endsWith("/graphql")) return BY_MUTATION.find(([pattern]) => pattern.test(body))?.[1] ?? null;
  const closes = /\bstate(?:_event)?["']?\s*[:=]\s*["']?close/u.test(body);
  if (/^(?:PATCH|POST|PUT)$/u.test(verb) && closes) {
    if (/\/(?:pulls|merge_requests)\/\d+$/u.test(path)) return "close";
    if (/\/issues\/\d+$/u.test(path)) return "issue-close";
  }
  return BY_PATH.find(([verbs, paths]) => verbs.test(verb) && paths.test(path))?.[2] ?? null;
}

/** A pattern for slashes at the end would try every run of slashes from each of its places. */
function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}
