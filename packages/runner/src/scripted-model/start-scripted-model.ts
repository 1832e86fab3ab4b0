import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatCompletionRequest, FixtureResponse } from "@copilotkit/aimock";
import type { LaneRoles, Script, ScriptedToolCall, ScriptStep } from "@stage6/lane-contract";
import { roleScript, roleScripts } from "./role-script.ts";
import {
  AFTER_THE_SCRIPT,
  scriptedAnswers,
  type ScriptedAnswer,
  type ScriptedAnswers,
} from "./scripted-answers.ts";

/** What a scripted model plays. */
export interface ScriptedModelOptions {
  /** Null plays `ls` and says that nothing was changed. */
  readonly script: Script | null;
  /** The lane's words for a step; null when its backend cannot be asked to do it. */
  readonly toolCall: (step: ScriptStep) => ScriptedToolCall | null;
  /** Roles of a backend that runs several agents, each with its own part of the script. */
  readonly roles?: LaneRoles | undefined;
  /** Model id that every answer names. */
  readonly modelId: string;
}

/** A running scripted model, ready to be a gateway's upstream. Only who sends `apiKey` is answered. */
export interface ScriptedModel {
  readonly kind: "started";
  readonly url: string;
  readonly apiKey: { readonly header: string; readonly value: string };
  /** Ends all connections; resolves within two seconds. */
  close(): Promise<void>;
}

/** Longest wait for connections to end at close, ms. */
const CLOSE_MS = 2_000;
/** UTF-16 units per streamed piece; small pieces make some backends print the whole answer again for each. */
const CHUNK_UNITS = 2_048;
/** Fixed token counts, under the names of all three APIs, so that usage is never 0. */
const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 10,
  total_tokens: 110,
  input_tokens: 100,
  output_tokens: 10,
};

const toResponse = (answer: ScriptedAnswer, model: string, put: (text: string) => string): FixtureResponse =>
  answer.kind === "text"
    ? { content: put(answer.text), model, usage: USAGE }
    : {
        toolCalls: [
          { id: answer.id, name: answer.call.name, arguments: JSON.stringify(answer.call.arguments) },
        ],
        model,
        usage: USAGE,
      };

/** Text of the system messages. */
const systemText = ({ messages }: ChatCompletionRequest): string =>
  messages
    .filter(({ role }) => role === "system")
    .map(({ content }) => (typeof content === "string" ? content : JSON.stringify(content)))
    .join("\n");

/**
 * Starts the scripted model on a free port of 127.0.0.1: OpenAI Responses, Chat Completions and Anthropic Messages, streaming or not.
 * The answer depends only on the number of tool results in the request. Faults of the script are left to the gateway.
 * Resolves to the unplayable step when the backend cannot be asked to do one; rejects only when no port can be had.
 */
export const startScriptedModel = async ({
  script,
  toolCall,
  roles,
  modelId,
}: ScriptedModelOptions): Promise<ScriptedModel | Extract<ScriptedAnswers, { kind: "unplayable" }>> => {
  const parts = new Map<string, readonly ScriptedAnswer[]>();
  for (const part of roleScripts(script, roles)) {
    const played = scriptedAnswers(part.script, toolCall);
    if (played.kind === "unplayable") return played;
    parts.set(part.part, played.answers);
  }
  const closing = new AbortController();
  const delayMs = script?.answerDelayMs ?? 0;
  const respond = async (request: ChatCompletionRequest): Promise<FixtureResponse> => {
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
    // All three APIs reach this point as chat messages.
    const done = request.messages.filter((message) => message.role === "tool").length;
    const { part, answer } = roleScript(script, roles, systemText(request));
    return toResponse(parts.get(part)?.[done] ?? AFTER_THE_SCRIPT, modelId, answer);
  };

  // 12 MB of source for a server that live trials never need.
  const { createServer } = await import("@copilotkit/aimock");
  const key = randomBytes(24).toString("base64url");
  const { server, url } = await createServer(
    [
      { match: { predicate: () => true }, response: respond },
      // Never matches; its name is the model list.
      { match: { model: modelId, predicate: () => false }, response: { content: "" } },
    ],
    {
      host: "127.0.0.1",
      port: 0,
      logLevel: "silent",
      chunkSize: CHUNK_UNITS,
      journalMaxEntries: 1,
      auth: { apiKeys: [key] },
    },
  );
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      closing.abort();
      const late = setTimeout(resolve, CLOSE_MS);
      server.close(() => {
        clearTimeout(late);
        resolve();
      });
      server.closeAllConnections();
    });
  let closed: Promise<void> | null = null;
  return {
    kind: "started",
    url,
    apiKey: { header: "authorization", value: `Bearer ${key}` },
    close: () => (closed ??= close()),
  };
};
