/** A request target: `path` with query is forwarded, `pathname` is judged and logged. */
export interface RequestPath {
  readonly path: string;
  readonly pathname: string;
}

const pathnameOf = (path: string): string => path.replace(/[?#].*$/s, "");

/** Takes the token off a request target; the target itself, without its query, stands in for a path when the token is missing. */
export const requestPath = (
  target: string,
  token: string | undefined,
): RequestPath & { readonly allowed: boolean } => {
  const prefix = token === undefined ? "" : `/${token}`;
  const allowed = target.startsWith(`${prefix}/`);
  const path = allowed ? target.slice(prefix.length) : target;
  return { path, pathname: pathnameOf(path), allowed };
};
