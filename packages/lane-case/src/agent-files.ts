import { WORK_BRANCH } from "@stage6/evidence-interface";
import type { LaneFile, LaneRequest } from "@stage6/lane-contract";
import { LANE_STOP } from "./lane-stop.ts";

/** Folders below the lane's own: Case's data, its agents' configuration, its home, and the program `ca`. */
export const FOLDERS = { data: "data", agent: "agent", home: "home", bin: "bin" } as const;

/** Id of the one task of a trial; Case names folders after it. */
export const TASK_ID = "stage6-task";

/** Name of the target in Case's list of projects. */
const PROJECT = "target";

/** Path of the task below the lane's folder, without its ending. */
export const TASK_FILE = `${FOLDERS.data}/tasks/active/${TASK_ID}`;

/**
 * Providers as Case's agents know them. Only a provider with an environment variable gets a key at all; the second one
 * leads the closing agents to the gateway's fixed answer.
 */
const PROVIDERS = { model: "openai", stop: "groq" } as const;

/** Environment variables that Case's agents take the keys from; the gateway adds the real one. */
export const KEYS = { OPENAI_API_KEY: "the-gateway-adds-it", GROQ_API_KEY: "the-gateway-adds-it" } as const;

const json = (value: object): string => `${JSON.stringify(value)}\n`;

function models({ gatewayUrl, model }: LaneRequest): object {
  const provider = (path: string): object => ({
    baseUrl: `${gatewayUrl ?? ""}${path}/v1`,
    api: "openai-completions",
    apiKey: "the-gateway-adds-it",
    models: [{ id: model.id, contextWindow: 200_000, maxTokens: 8000 }],
  });
  return {
    providers: { [PROVIDERS.model]: provider(""), [PROVIDERS.stop]: provider(`/fixed/${LANE_STOP.name}`) },
  };
}

function config({ model: { id } }: LaneRequest): object {
  const of = (provider: string): object => ({ provider, model: id });
  const stop = of(PROVIDERS.stop);
  return {
    version: 1,
    projects: "./projects.json",
    models: { default: of(PROVIDERS.model), closer: stop, retrospective: stop },
  };
}

function projects({ workspace }: LaneRequest): object {
  return {
    repos: [
      {
        name: PROJECT,
        // Without it the verifier is sent through a browser.
        type: "library",
        path: workspace,
        remote: "",
        language: "unknown",
        packageManager: "npm",
        commands: {},
      },
    ],
  };
}

/**
 * The task as `ca create` would leave it, in the lane's own words: `ca run --task` reads this file and the text beside
 * it and nothing else that `create` makes, and a plan can name a path only if it chooses it.
 */
function task(): object {
  return {
    id: TASK_ID,
    status: "active",
    created: "1970-01-01T00:00:00.000Z",
    repo: PROJECT,
    issueType: "freeform",
    branch: WORK_BRANCH,
    mode: "unattended",
    profile: "standard",
    agents: {},
    tested: false,
    manualTested: false,
    prUrl: null,
    prNumber: null,
    checkCommand: null,
    checkBaseline: null,
    checkTarget: null,
  };
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Case's configuration, task and home for one trial, and itself under the name by which its prompts call it. */
export function agentFiles(request: LaneRequest): readonly LaneFile[] {
  const { executable, args } = request.backend;
  return [
    { path: `${FOLDERS.agent}/models.json`, content: json(models(request)) },
    { path: `${FOLDERS.data}/config.json`, content: json(config(request)) },
    { path: `${FOLDERS.data}/projects.json`, content: json(projects(request)) },
    { path: `${TASK_FILE}.task.json`, content: json(task()) },
    { path: `${TASK_FILE}.md`, content: `# Task\n\n## Description\n\n${request.task}\n## Progress Log\n` },
    { path: `${FOLDERS.home}/.keep`, content: "" },
    {
      path: `${FOLDERS.bin}/ca`,
      content: `#!/bin/sh\nexec ${[executable, ...args].map(quoted).join(" ")} "$@"\n`,
      executable: true,
    },
  ];
}
