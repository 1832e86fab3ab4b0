import { randomBytes } from "node:crypto";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { checkDocument } from "@stage6/evidence-interface";
import type { Lane, Script } from "@stage6/lane-contract";
import { startScriptedModel, type LoadedFixture, type ScriptedModel } from "@stage6/runner";
import Type, { type Static } from "typebox";
import { LANES } from "../../packages/cli/src/lane-catalog.ts";

/** A model endpoint on this machine, for a road with live evidence that costs nothing and needs no network. */
export interface LoopbackModel {
  /** Base URL, to be declared in the policy. */
  readonly url: string;
  /** Key that callers have to send as a bearer token. */
  readonly key: string;
}

/** Largest request that is read, bytes. */
const MAX_BODY = 16 * 1024 * 1024;
/** The agents of Case are told where their task lies, and read it first, as any model would have to. */
const READ_TASK: Script = {
  steps: [{ do: "shell", command: 'cat "$CASE_DATA_DIR"/tasks/active/*.md' }],
};

const Message = Type.Object(
  { role: Type.String(), content: Type.Optional(Type.Unknown()) },
  { additionalProperties: true },
);
const Chat = Type.Object({ messages: Type.Array(Message) }, { additionalProperties: true });
type Chat = Static<typeof Chat>;

/** What is sent on, and to which scripted model. */
interface Chosen {
  readonly model: ScriptedModel | undefined;
  readonly body: string;
}

/**
 * Starts a server that plays the script of whichever fixture a request is about. It is told nothing of trials: it knows
 * the fixture by the task in the conversation, the backend by the API and the agents' headings, the step by the results so far.
 */
export async function startLoopbackModel(
  fixtures: readonly LoadedFixture[],
  modelId: string,
): Promise<LoopbackModel> {
  const key = randomBytes(24).toString("base64url");
  const models = new Map<string, ScriptedModel>();
  const start = async (name: string, lane: Lane, script: Script | null): Promise<void> => {
    const { toolCall, roles } = lane;
    const started = await startScriptedModel({ script, toolCall, roles, modelId });
    if (started.kind === "unplayable") throw new TypeError(`${name} cannot be played`);
    models.set(name, started);
  };
  for (const { id, lane } of LANES) {
    if (lane.modelClass === "none") continue;
    if (lane.roles !== undefined) await start(`${id} task`, lane, READ_TASK);
    // The one request before the first trial is about no task.
    await start(`${id} `, lane, { steps: [{ do: "say", text: "ready" }] });
    for (const { fixture } of fixtures) await start(`${id} ${fixture.id}`, lane, fixture.script ?? null);
  }
  const [first] = fixtures;
  const aboutOf = (body: string): string =>
    fixtures.find(({ task }) => body.includes(JSON.stringify(task.trim()).slice(1, -1)))?.fixture.id ?? "";
  const choose = (path: string, body: string): Chosen => {
    if (path.startsWith("/v1/responses")) return { model: models.get(`codex ${aboutOf(body)}`), body };
    const chat = checkDocument(Chat, JSON.parse(body), "request").value;
    if (chat === null) return { model: undefined, body };
    const roles = LANES.map(({ id, lane }) => ({
      id,
      main: lane.roles?.main,
      role: lane.roles?.of(systemOf(chat)),
    }));
    const agent = roles.find(({ role }) => typeof role === "string");
    if (agent === undefined) return { model: models.get(`pi ${aboutOf(body)}`), body };
    // The other agents play the same whatever the task is.
    if (agent.role !== agent.main)
      return { model: models.get(`${agent.id} ${first?.fixture.id ?? ""}`), body };
    if (!chat.messages.some(({ role }) => role === "tool"))
      return { model: models.get(`${agent.id} task`), body };
    return { model: models.get(`${agent.id} ${aboutOf(body)}`), body: withoutReading(chat) };
  };
  const server = createServer((asked, answer) => {
    void serve(asked, answer, key, choose).catch(() => answer.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, key };
}

function systemOf({ messages }: Chat): string {
  return messages
    .filter(({ role }) => role === "system" || role === "developer")
    .map(({ content }) => (typeof content === "string" ? content : JSON.stringify(content ?? "")))
    .join("\n");
}

/** The conversation as if the task had been in it from the start: the scripts count results, and know of no reading. */
function withoutReading(chat: Chat): string {
  const asked = chat.messages.findIndex(({ role }) => role === "assistant");
  const told = chat.messages.findIndex(({ role }) => role === "tool");
  return JSON.stringify({ ...chat, messages: chat.messages.filter((_, at) => at !== asked && at !== told) });
}

async function serve(
  asked: IncomingMessage,
  answer: ServerResponse,
  key: string,
  choose: (path: string, body: string) => Chosen,
): Promise<void> {
  const parts: Buffer[] = [];
  let length = 0;
  asked.on("data", (part: Buffer) => {
    length += part.length;
    if (length > MAX_BODY) asked.destroy();
    else parts.push(part);
  });
  await once(asked, "end");
  if (asked.headers.authorization !== `Bearer ${key}`)
    return void answer.writeHead(401, { "content-type": "application/json" }).end('{"error":"no key"}');
  const { model, body: told } = choose(asked.url ?? "", Buffer.concat(parts).toString("utf8"));
  if (model === undefined)
    return void answer.writeHead(404, { "content-type": "application/json" }).end('{"error":"unknown task"}');
  const sent = request(`${model.url}${asked.url ?? ""}`, {
    method: asked.method,
    headers: {
      "content-type": asked.headers["content-type"] ?? "application/json",
      "content-length": Buffer.byteLength(told),
      [model.apiKey.header]: model.apiKey.value,
    },
    agent: false,
  });
  sent.end(told);
  const got = await new Promise<IncomingMessage>(
    (resolve, reject) => void sent.once("response", resolve).once("error", reject),
  );
  answer.writeHead(got.statusCode ?? 502, {
    "content-type": got.headers["content-type"] ?? "application/json",
  });
  await pipeline(got, answer);
}
