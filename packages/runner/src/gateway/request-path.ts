/** Path of a request behind the token: `path` without query and fragment, which are never forwarded. */
export const pathnameOf = (path: string): string => path.replace(/[?#].*$/s, "");
