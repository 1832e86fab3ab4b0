// A stand-in for Case in tests, our own and nothing of Case's: it reads the task, asks the model it is pointed at, edits
// the target, and writes an event log in the shapes of packages/lane-case/src/known-shapes.json. No test of it says
// anything of Case. It imports Node alone, because a test checkout holds it as its one source file.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

type Value = Readonly<Record<string, unknown>>;
/** One agent of a run: its phase, its name, and the provider that answers it. */
interface Agent {
  readonly phase: string;
  readonly name: string;
}
interface Call {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}
interface Answer {
  readonly text: string;
  readonly calls: readonly Call[];
}

const HELP =
  "Usage: ca [command]\n\n  run      run a task, as a stand-in\n  create   make no task, as a stand-in\n";
const [OPEN, CLOSE] = ["<<<AGENT_RESULT", "AGENT_RESULT>>>"];
const IMPLEMENT: Agent = { phase: "implement", name: "implementer" };
const EVALUATORS: readonly Agent[] = [
  { phase: "verify", name: "verifier" },
  { phase: "review", name: "reviewer" },
];
const CLOSER: Agent = { phase: "close", name: "closer" };
const RETROSPECTIVE: Agent = { phase: "retrospective", name: "retrospective" };
const MAX_CYCLES = 2;
/** Longest text of a call in the log. */
const CUT = 500;

const isRecord = (value: unknown): value is Value =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);
const text = (value: unknown, name: string): string => {
  const found = field(value, name);
  return typeof found === "string" ? found : "";
};
const list = (value: unknown, name: string): readonly unknown[] => {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
};
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
function parsed(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return null;
  }
}

/** The event log of a run. */
class Log {
  readonly #file: string;
  readonly #runId = randomUUID();
  #sequence = 0;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, `run-${this.#runId}.jsonl`);
  }

  write(event: string, fields: Value = {}): void {
    const common = { ts: new Date().toISOString(), sequence: (this.#sequence += 1), runId: this.#runId };
    appendFileSync(this.#file, `${JSON.stringify({ event, ...fields, ...common })}\n`);
  }
}

/** The tools that every agent is offered. */
const TOOLS = ["bash", "edit", "write"].map((name) => ({
  type: "function",
  function: { name, description: name, parameters: { type: "object", properties: {} } },
}));

/** Asks the model once, and reads its stream to the end; throws when it is an error or breaks off. */
async function ask(baseUrl: string, key: string, model: string, messages: readonly Value[]): Promise<Answer> {
  const answered = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model,
      messages,
      tools: TOOLS,
      stream: true,
      stream_options: { include_usage: true },
    }),
  });
  if (!answered.ok) throw new Error("the model answered with an error");
  let said = "";
  let over = false;
  const calls = new Map<unknown, { id: string; name: string; text: string }>();
  for (const line of (await answered.text()).split("\n")) {
    if (!line.startsWith("data: ")) continue;
    if (line.startsWith("data: [DONE]")) over = true;
    for (const choice of list(parsed(line.slice(6)), "choices")) {
      const delta = field(choice, "delta");
      said += text(delta, "content");
      for (const piece of list(delta, "tool_calls")) {
        const at = field(piece, "index");
        const call = calls.get(at) ?? { id: "", name: "", text: "" };
        calls.set(at, call);
        call.id ||= text(piece, "id");
        call.name += text(field(piece, "function"), "name");
        call.text += text(field(piece, "function"), "arguments");
      }
    }
  }
  if (!over) throw new Error("the answer of the model broke off");
  return { text: said, calls: [...calls.values()] };
}

async function bash(
  command: string,
  cwd: string,
): Promise<{ readonly text: string; readonly isError: boolean }> {
  const child = spawn("bash", ["-c", command], { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (out += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (out += part));
  const code = await new Promise<number | null>((done) => {
    child.once("error", () => done(127));
    // What a command left running may hold its pipes open.
    child.once("exit", (exit) => setTimeout(() => done(exit), 50));
  });
  return { text: code === 0 ? out : `${out}\nexit code ${code ?? "none"}`, isError: code !== 0 };
}

/** Does what a call asks for, in the target. */
async function act(
  call: Call,
  target: string,
): Promise<{ readonly text: string; readonly isError: boolean }> {
  const args = parsed(call.text);
  const path = resolve(target, text(args, "path"));
  try {
    if (call.name === "bash") return await bash(text(args, "command"), target);
    if (call.name === "write") {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text(args, "content"));
      return { text: "written", isError: false };
    }
    if (call.name !== "edit") return { text: "there is no such tool", isError: true };
    let content = readFileSync(path, "utf8");
    for (const edit of list(args, "edits")) {
      const old = text(edit, "oldText");
      if (!content.includes(old)) return { text: "the old text is not there", isError: true };
      content = content.replace(old, () => text(edit, "newText"));
    }
    writeFileSync(path, content);
    return { text: "edited", isError: false };
  } catch (error) {
    return { text: error instanceof Error ? error.message : "failed", isError: true };
  }
}

/** What an agent says at its end; an end without a result is a failure. */
function resultIn(said: string): Value {
  const [, block = ""] = said.split(OPEN);
  const found = parsed(block.split(CLOSE)[0] ?? "");
  return isRecord(found) ? found : failure("no result block");
}
const failure = (error: string): Value => ({ status: "failed", summary: "", artifacts: {}, error });

/** One run of one task. */
class Run {
  readonly #log: Log;
  readonly #task: string;
  readonly #target: string;
  readonly #config: unknown;
  readonly #providers: unknown;

  constructor(taskFile: string, data: string, agentFolder: string) {
    const task = readJson(taskFile);
    const repos = list(readJson(join(data, "projects.json")), "repos");
    this.#log = new Log(join(data, ".case", text(task, "id"), "events"));
    this.#task = join(dirname(taskFile), `${basename(taskFile, ".task.json")}.md`);
    this.#target = text(
      repos.find((repo) => text(repo, "name") === text(task, "repo")),
      "path",
    );
    this.#config = field(readJson(join(data, "config.json")), "models");
    this.#providers = field(readJson(join(agentFolder, "models.json")), "providers");
    this.#log.write("pipeline_start", { taskId: text(task, "id"), profile: "standard", plan: {} });
  }

  async go(): Promise<void> {
    const begun = Date.now();
    const failed = await this.#work();
    await this.#phase(RETROSPECTIVE);
    const outcome = failed === null ? "completed" : "failed";
    const by = failed === null ? {} : { failedAgent: failed.name };
    this.#log.write("pipeline_end", { outcome, ...by, durationMs: Date.now() - begun });
  }

  /** All phases up to the close, and the agent at which they ended. */
  async #work(): Promise<Agent | null> {
    if (!isDone(await this.#phase(IMPLEMENT))) return IMPLEMENT;
    for (const evaluator of EVALUATORS)
      for (let cycle = 1; ; cycle += 1) {
        const result = await this.#phase(evaluator);
        if (!isDone(result)) return evaluator;
        const failed = list(field(result, "rubric"), "categories").filter(
          (category) => text(category, "verdict") === "fail",
        );
        if (failed.length === 0) break;
        if (cycle > MAX_CYCLES) {
          this.#log.write("revision_budget_exhausted", { cycles: cycle });
          break;
        }
        this.#log.write("revision_requested", { source: evaluator.name, cycle, failedCategories: failed });
        if (!isDone(await this.#phase(IMPLEMENT))) return IMPLEMENT;
      }
    return isDone(await this.#phase(CLOSER)) ? null : CLOSER;
  }

  async #phase(agent: Agent): Promise<Value> {
    const begun = Date.now();
    const of = { phase: agent.phase, agent: agent.name };
    this.#log.write("phase_start", of);
    const result = await this.#spawn(agent, of).catch(() => failure("no result block"));
    const outcome = isDone(result) ? "completed" : "failed";
    this.#log.write("phase_end", { ...of, outcome, durationMs: Date.now() - begun, result });
    return result;
  }

  /** Talks with the model until it asks for nothing more. */
  async #spawn(agent: Agent, of: Value): Promise<Value> {
    const chosen = field(this.#config, agent.name) ?? field(this.#config, "default");
    const provider = text(chosen, "provider");
    const baseUrl = text(field(this.#providers, provider), "baseUrl");
    const key = process.env[`${provider.toUpperCase()}_API_KEY`] ?? "";
    const heading = `${agent.name.slice(0, 1).toUpperCase()}${agent.name.slice(1)}`;
    const messages: Value[] = [
      { role: "system", content: `# ${heading}\n\nA stand-in for an agent, in a test.` },
      { role: "user", content: `The task is in ${this.#task}, the target is ${this.#target}.` },
    ];
    for (;;) {
      const answer = await ask(baseUrl, key, text(chosen, "model"), messages);
      if (answer.calls.length === 0) return resultIn(answer.text);
      const tool_calls = answer.calls.map(({ id, name, text: words }) => ({
        id,
        type: "function",
        function: { name, arguments: words },
      }));
      messages.push({ role: "assistant", content: null, tool_calls });
      for (const call of answer.calls) {
        const begun = Date.now();
        const called = { ...of, toolCallId: call.id, tool: call.name };
        this.#log.write("tool_start", { ...called, args: call.text.slice(0, CUT) });
        const { text: result, isError } = await act(call, this.#target);
        const durationMs = Date.now() - begun;
        this.#log.write("tool_end", { ...called, durationMs, isError, result: result.slice(0, CUT) });
        messages.push({ role: "tool", tool_call_id: call.id, content: result });
      }
    }
  }
}

const isDone = (result: Value): boolean => text(result, "status") === "completed";

async function main(words: readonly string[]): Promise<void> {
  const task = words[words.indexOf("--task") + 1];
  if (words[0] !== "run" || task === undefined) return void process.stdout.write(HELP);
  const { CASE_DATA_DIR: data = "", PI_CODING_AGENT_DIR: agentFolder = "" } = process.env;
  await new Run(task, data, agentFolder).go();
}
void main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`Fatal: ${error instanceof Error ? error.message : "unknown"}\n`);
    process.exit(1);
  },
);
