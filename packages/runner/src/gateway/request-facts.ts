import { boundedText } from "./bounded-text.ts";
import { field } from "./json-view.ts";
import { modelApiOf, type ModelApi } from "./model-api.ts";
import { offeredTools, type OfferedTools } from "./offered-tools.ts";
import { providerInputs } from "./provider-inputs.ts";
import type { ReadBody } from "./read-body.ts";
import { featureKeys, isAmbiguous } from "./request-keys.ts";
import { pathnameOf } from "./request-path.ts";
import { readStrictJson } from "./strict-json.ts";
import { systemText } from "./system-text.ts";
import { countToolResults } from "./tool-results.ts";

/** What the gateway knows of a request before it decides; texts bounded as the events want them. */
export interface RequestFacts {
  /** Null for everything that is not forwarded. */
  readonly api: ModelApi | null;
  readonly method: string;
  /** Path without token and query. */
  readonly pathname: string;
  /** How far the body could be read: `absent` where the API needs none or none was kept. */
  readonly body: "absent" | "read" | "unreadable" | "ambiguous";
  /** The body as it is forwarded, written again from what was read; empty when it was not read. */
  readonly text: string;
  readonly model: string | null;
  /** Tools, and what else the provider would do by itself. */
  readonly offered: OfferedTools;
  /** What the provider would do that chooses another prompt or model, or that is not known here. */
  readonly features: readonly string[];
  /** Null when there is no readable body. */
  readonly toolResults: number | null;
  /** What the client tells the model it is; empty when there is no readable body. */
  readonly system: string;
  /** Name behind `/fixed/`; null for requests to a model. */
  readonly fixed: string | null;
}

const NO_TOOLS: OfferedTools = { tools: [], providerTools: [] };
const UNREAD = { text: "", model: null, offered: NO_TOOLS, features: [], toolResults: null, system: "" };
const FIXED = /^\/fixed\/([a-z][a-z0-9-]{0,63})(\/.*)$/s;

/** Reads the facts of a request from its method, its target behind the token and its body; total over any bytes. */
export const requestFacts = (method: string, target: string, read: ReadBody): RequestFacts => {
  const pathname = pathnameOf(target);
  const fixed = FIXED.exec(pathname);
  const api = modelApiOf(method, fixed?.[2] ?? pathname);
  const line = {
    api,
    fixed: fixed?.[1] ?? null,
    method: boundedText(method, 64),
    pathname: boundedText(pathname, 1024 - 65),
  };
  if (api === null || api === "models" || read.body === null) return { ...line, ...UNREAD, body: "absent" };
  const json = readStrictJson(read.body);
  if (!json.ok)
    return { ...line, ...UNREAD, body: json.fault === "repeated-key" ? "ambiguous" : "unreadable" };
  const { value, text } = json;
  const named = field(value, "model");
  const features = [...featureKeys(api, value), ...providerInputs(api, value)];
  return {
    ...line,
    body: isAmbiguous(api, value) ? "ambiguous" : "read",
    text,
    model: typeof named === "string" ? boundedText(named, 4096) : null,
    offered: offeredTools(api, value, features),
    features,
    toolResults: countToolResults(api, value),
    system: systemText(api, value),
  };
};
