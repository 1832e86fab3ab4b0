import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CONTRACT_VERSION,
  LineReader,
  type EventDraft,
  type Lane,
  type LanePlan,
  type LaneRequest,
  type StreamLine,
  type Translator,
} from "@stage6/lane-contract";

/** What a stub lane differs in from one that plays along. */
export interface StubOptions {
  readonly id?: string;
  readonly plan?: (request: LaneRequest) => Partial<LanePlan>;
  readonly translator?: Lane["translator"];
  readonly modelClass?: Lane["modelClass"];
}

/** What every backend script of a stub lane can use: records of the stub's own format, and modules. */
const PRELUDE = `import { spawn, execFileSync } from "node:child_process";
import * as fs from "node:fs";
const print = (record) => fs.writeSync(1, JSON.stringify(record) + "\\n");
const say = (text) => print({ say: text });
const done = () => print({ done: true });
const wait = (ms) => new Promise((go) => setTimeout(go, ms));
const appears = async (path) => { while (!fs.existsSync(path)) await wait(10); };
`;

/** A lane whose backend is a Node script written into `folder`; its records are `{say}`, `{tool}` and `{done}`. */
export function stubLane(folder: string, script: string, options: StubOptions = {}): Lane {
  const id = options.id ?? "stub";
  const file = join(folder, `${id}-backend.mjs`);
  writeFileSync(file, `${PRELUDE}${script}\n`);
  return {
    id,
    contractVersion: CONTRACT_VERSION,
    adapterVersion: "1.2.3",
    modelClass: options.modelClass ?? "none",
    backend: { kind: "node-script", url: pathToFileURL(file).href },
    probe: {
      args: ["--version"],
      read: ({ exitCode, stdout }) =>
        exitCode === 0
          ? { state: "available", version: Buffer.from(stdout).toString("utf8").trim(), note: null }
          : { state: "blocked", code: "PROBE_FAILED", detail: "it failed", remedy: "Mend it." },
    },
    plan: (request) => ({
      files: [],
      argv: [request.backend.executable, ...request.backend.args],
      cwd: "workspace",
      env: { PATH: request.path, HOME: request.home, TMPDIR: request.tmp },
      stdin: request.task,
      preflight: null,
      collect: [],
      refuseWhenPresent: [],
      ...options.plan?.(request),
    }),
    translator: options.translator ?? (() => stubTranslator()),
    toolCall: () => null,
    testedVersions: ["1.0.0"],
  };
}

function stubTranslator(): Translator {
  const readers = new Map<string, LineReader>();
  let ended = false;
  const translate = (stream: string, line: StreamLine): EventDraft => {
    const raw = { stream, offset: line.offset, length: line.length };
    const record = parse(line.text);
    if (typeof record?.["say"] === "string")
      return {
        type: "agent.messaged",
        raw,
        data: { kind: "answer", text: record["say"], truncated: false },
      };
    if (typeof record?.["tool"] === "string")
      return { type: "tool.started", raw, data: { callId: record["tool"], tool: "shell", input: "" } };
    if (record?.["done"] !== true) return { type: "line.unread", raw, data: { reason: "not a record" } };
    ended = true;
    return { type: "agent.ended", raw, data: { outcome: "completed", message: null } };
  };
  return {
    push: (stream, chunk) => {
      if (stream === "stderr") return [];
      const reader = readers.get(stream) ?? new LineReader();
      readers.set(stream, reader);
      return reader.push(chunk).map((line) => translate(stream, line));
    },
    end: () =>
      ended
        ? []
        : [
            {
              type: "agent.ended",
              raw: { stream: "stdout", offset: 0, length: 0 },
              data: { outcome: "unknown", message: null },
            },
          ],
  };
}

function parse(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
