import { escapePath } from "../paths/escaped-path.ts";

/** One call of a shimmed tool. */
export interface ShimCall {
  /** Name of the tool, or `unreadable` for a line no shim wrote. */
  readonly tool: string;
  /** Whole argument vector, tool first; of an unreadable line its text, at most 200 characters. */
  readonly argv: readonly string[];
}

/** Calls in the shims' log, in order; a line that cannot be read is kept as a call of tool `unreadable`. */
export function readShimLog(bytes: Uint8Array): ShimCall[] {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  return lines.filter((line) => line !== "").map(readLine);
}

function readLine(line: string): ShimCall {
  const [, tool, encoded] = /^([a-z]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  const raw = encoded === undefined ? null : Buffer.from(encoded, "base64");
  if (tool === undefined || raw === null || raw.at(-1) !== 0) {
    return { tool: "unreadable", argv: [escapePath(Buffer.from(line, "latin1")).slice(0, 200)] };
  }
  const argv: string[] = [];
  for (let from = 0; from < raw.length;) {
    const end = raw.indexOf(0, from);
    argv.push(escapePath(raw.subarray(from, end)));
    from = end + 1;
  }
  return { tool, argv };
}
