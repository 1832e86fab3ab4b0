import { parseBoundedJson } from "./bounded-json.ts";
import { boundedText } from "./bounded-text.ts";
import { field, isRecord } from "./json-view.ts";
import { modelApiOf, type ModelApi } from "./model-api.ts";
import { offeredTools, type OfferedTools } from "./offered-tools.ts";
import type { ReadBody } from "./read-body.ts";
import { requestPath } from "./request-path.ts";
import { systemText } from "./system-text.ts";
import { countToolResults } from "./tool-results.ts";

/** What the gateway knows of a request before it decides; texts bounded as the events want them. */
export interface RequestFacts {
  /** Null for everything that is not forwarded. */
  readonly api: ModelApi | null;
  readonly method: string;
  /** Path and query as they are forwarded. */
  readonly path: string;
  /** Path without token and query. */
  readonly pathname: string;
  /** The body could be read as far as its API needs it. */
  readonly readable: boolean;
  readonly model: string | null;
  readonly offered: OfferedTools;
  /** Null when there is no readable body. */
  readonly toolResults: number | null;
  /** What the client tells the model it is; empty when there is no readable body. */
  readonly system: string;
  /** Name behind `/fixed/`; null for requests to a model. */
  readonly fixed: string | null;
}

const NO_TOOLS: OfferedTools = { tools: [], providerTools: [] };
const UNREAD = { model: null, offered: NO_TOOLS, toolResults: null, system: "" };
const FIXED = /^\/fixed\/([a-z][a-z0-9-]{0,63})(\/.*)$/s;

/** Reads the facts of a request from its line and body; total over any bytes. */
export const requestFacts = (
  method: string,
  target: string,
  token: string | undefined,
  read: ReadBody,
): RequestFacts => {
  const { path, pathname, allowed } = requestPath(target, token);
  const fixed = FIXED.exec(pathname);
  const api = allowed ? modelApiOf(method, fixed?.[2] ?? pathname) : null;
  const line = {
    api,
    fixed: fixed?.[1] ?? null,
    method: boundedText(method, 64),
    path,
    pathname: boundedText(pathname, 1024 - 65),
  };
  if (api === null || api === "models" || read.body === null) {
    return { ...line, ...UNREAD, readable: api === "models" };
  }
  const body = parseBoundedJson(read.body)?.value;
  if (!isRecord(body)) return { ...line, ...UNREAD, readable: false };
  const named = field(body, "model");
  return {
    ...line,
    readable: true,
    model: typeof named === "string" ? boundedText(named, 4096) : null,
    offered: offeredTools(api, body),
    toolResults: countToolResults(api, body),
    system: systemText(api, body),
  };
};
