import type { BoundsTier, EndedBy, EventData, EventType, ModelRef } from "@stage6/evidence-interface";
import type { Availability, ProbeOutput } from "./availability.ts";
import type { NamedCommand } from "./named-command.ts";
import type { ScriptedToolCall, Script, ScriptStep } from "./script.ts";

/** Version of this contract; a lane states which one it was written for. */
export const CONTRACT_VERSION = 1;

/** Where a lane's backend comes from. The runner looks; the lane only says where. */
export type BackendSource =
  /** A Node script shipped by the lane package, run with the harness's own Node. */
  | { readonly kind: "node-script"; readonly url: string }
  /** A native binary inside an npm package of the backends folder, or an operator's own binary by configuration. */
  | {
      readonly kind: "npm-native";
      /** Backends folder entry, e.g. `codex`. */
      readonly folder: string;
      /** Files to try in order, relative to the entry's `node_modules`, that describe the package. */
      readonly manifests: (platform: string, arch: string) => readonly string[];
      /** Binary's path relative to the manifest's folder, from the manifest's text; null when it cannot be read. */
      readonly entrypoint: (manifestText: string) => string | null;
    }
  /**
   * A Node program inside an npm package of the backends folder, or an operator's own script by configuration. It runs
   * on the Node binary that lies beside it, else on the harness's own Node when that is new enough.
   */
  | {
      readonly kind: "npm-node";
      /** Backends folder entry, e.g. `pi`. */
      readonly folder: string;
      /** The package's manifest, relative to the entry's `node_modules`. */
      readonly manifest: string;
      /** What the manifest's text says of the program; null when it is another package or cannot be read. */
      readonly program: (manifestText: string) => NodeProgram | null;
      /** Node binaries to try in order, relative to the entry's `node_modules`; empty where the backend has no platform. */
      readonly nodes: (platform: string, arch: string) => readonly string[];
    }
  /**
   * A program that only the operator can provide: a binary, or a source checkout and the runtime that runs it. Named by
   * the configuration of a harness root (a file is a binary, a folder a checkout) or by these variables; never on PATH.
   */
  | {
      readonly kind: "provided";
      readonly variables: ProvidedVariables;
      readonly checkout: ProvidedCheckout;
    };

/** Names of the environment variables that hold absolute paths of a provided backend. */
export interface ProvidedVariables {
  readonly binary: string;
  readonly checkout: string;
  /** Runtime of the checkout; not needed for a binary. */
  readonly runtime: string;
}

/** What a checkout of a provided backend has to hold. */
export interface ProvidedCheckout {
  /** Script that the runtime runs, relative to the checkout. */
  readonly entry: string;
  /** Command that gets a checkout into the folder `<lane id>` of the current one, for a person to paste. */
  readonly obtain: string;
  /** Name of the runtime, for a person. */
  readonly runtime: string;
  /** How to get the runtime on a platform, for a person to paste; null where that is not known. */
  readonly obtainRuntime: (platform: string, arch: string) => ObtainRuntime | null;
  /** Folder of installed dependencies that must be there, relative to the checkout. */
  readonly dependencies: string;
  /** Words behind the runtime that install them, run in the checkout. */
  readonly install: string;
  /** Folders that are no part of the source, relative to the checkout; their files are not in its digest. */
  readonly notSource: readonly string[];
}

/** A command, and the program that it leaves, relative to the current folder. */
export interface ObtainRuntime {
  readonly command: string;
  readonly program: string;
}

/** A Node program as its package's manifest describes it. */
export interface NodeProgram {
  /** Path of the script relative to the manifest's folder. */
  readonly script: string;
  /** Oldest Node that runs it, `X.Y.Z`. */
  readonly minimumNode: string;
}

/** What the harness tells a lane about one trial. All paths are absolute and real: no part of them is a link. */
export interface LaneRequest {
  /** Executable (or script) that the runner resolved. */
  readonly backend: { readonly executable: string; readonly args: readonly string[] };
  /** Version that the probe read, for flags that only some versions know; absent: unknown, so plan for the oldest. */
  readonly backendVersion?: string;
  /** Task text, as bytes of the fixture's task.md decoded as UTF-8. */
  readonly task: string;
  /** The disposable clone. */
  readonly workspace: string;
  /** Private folder of the lane, outside the workspace and outside `tmp`: its files, its home. */
  readonly laneDir: string;
  /** Empty home folder for the child. */
  readonly home: string;
  /** Temp folder for the child, beside (never above) `laneDir`. */
  readonly tmp: string;
  /** Base URL of the model gateway without trailing slash: an address and the trial's token, `http://127.0.0.1:4711/<token>`; for a file or a variable, never for a command line. Null for model class `none`. */
  readonly gatewayUrl: string | null;
  readonly model: ModelRef;
  /** Longest silence of the model, ms; for the backend's own idle settings. */
  readonly idleMs: number;
  /** Allowed path globs of the fixture, for backends that can bound themselves. */
  readonly allowedPaths: readonly string[];
  /** Commands of the fixture that the model may run by name; a lane that can offers them and no shell. Absent: none. */
  readonly commands?: readonly NamedCommand[];
  /** Script of the trial; only lanes of model class `none` play it themselves. */
  readonly script: Script | null;
  /** PATH for the child. */
  readonly path: string;
  /** Bounds around the backend. In `strict` a sandbox of its own cannot start, and need not: the lane turns it off. */
  readonly outerBounds?: BoundsTier;
}

/** A file the runner writes below `laneDir` before it spawns. */
export interface LaneFile {
  /** POSIX path relative to `laneDir`. */
  readonly path: string;
  readonly content: string;
  /** A program (mode 0700 instead of 0600). */
  readonly executable?: true;
}

/** An answer that the gateway gives by itself to every request below a path of its own, whatever is asked. */
export interface FixedAnswer {
  /** One path segment behind `/fixed/` of the gateway; the client's base URL is `<gateway>/fixed/<name>`. */
  readonly name: string;
  readonly text: string;
}

/** The roles of a backend that runs several agents, for the scripted model. */
export interface LaneRoles {
  /** Role that plays the steps of a script; others play the script's steps for them, else those below. */
  readonly main: string;
  /** Role of a request by its system text; null when it is none of them. */
  readonly of: (system: string) => string | null;
  /** What a role plays when the script says nothing of it. */
  readonly steps: Readonly<Record<string, readonly ScriptStep[]>>;
  /** An answer of the main role in the form that the backend reads. */
  readonly answer: (text: string) => string;
}

/** Folder below `laneDir` to which the runner moves a plan's `stateFolder`. */
export const MOVED_STATE = "workspace-state";

/** What the runner collects after the process is gone, below `laneDir`. */
export interface Collect {
  /** Stream name the translator will see, kebab-case. */
  readonly stream: string;
  /** Folder relative to `laneDir`; the files below it are concatenated in path order. */
  readonly folder: string;
  /** File name suffix, e.g. `.jsonl`. */
  readonly suffix: string;
  /** More folders of the same stream, for backends whose versions keep it in different places; after the first, in this order. */
  readonly orFolders?: readonly string[];
}

/** One command line, whole environment included. */
export interface LanePlan {
  readonly files: readonly LaneFile[];
  readonly argv: readonly string[];
  readonly cwd: "workspace" | "lane-dir";
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Text for stdin, which is then closed; null gives it no stdin at all. */
  readonly stdin: string | null;
  /** Command that must exit 0 before the trial, with the reason to give if it does not. */
  readonly preflight: {
    readonly argv: readonly string[];
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly collect: readonly Collect[];
  /** Paths in the target that make the lane unsafe; the runner refuses the trial when one exists. */
  readonly refuseWhenPresent: readonly string[];
  /**
   * Folder in the target (one name) where the backend keeps its own records. After its end the runner moves it to
   * `MOVED_STATE` below `laneDir`, where it can be collected; what is then left of the target is looked at. Moved only
   * if it is a real folder; anything else stays and is seen as a change.
   */
  readonly stateFolder?: string;
}

/** Event types that a lane may draft. */
export type LaneEventType = Extract<
  EventType,
  | "session.started"
  | "agent.messaged"
  | "tool.started"
  | "tool.ended"
  | "change.claimed"
  | "action.refused"
  | "usage.claimed"
  | "agent.ended"
  | "phase.started"
  | "phase.ended"
  | "revision.requested"
  | "review.claimed"
  | "line.unread"
  | "record.unrecognized"
  | "drift.detected"
>;

/** Byte range of the stream a draft was read from. */
export interface DraftRaw {
  readonly stream: string;
  readonly offset: number;
  readonly length: number;
}

/** What a lane says happened; the runner stamps it, numbers it and replaces `raw` by the artifact's range. */
export type EventDraft = {
  [T in LaneEventType]: {
    readonly type: T;
    readonly raw: DraftRaw;
    readonly data: Omit<EventData<T>, "raw">;
  };
}[LaneEventType];

/** How the process ended, for the closing records of a translation. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly endedBy: EndedBy;
}

/**
 * Turns what the backend left behind into event drafts. Pure and total: any bytes, cut anywhere, in any order of
 * streams, without a throw. The drafts depend on the bytes of each stream, never on how they were cut into chunks.
 */
export interface Translator {
  /** Bytes of `stdout`, `stderr` or a collected stream, in order. */
  push(stream: string, chunk: Uint8Array): readonly EventDraft[];
  /** Every stream is over: closing records, one `agent.ended` included whatever happened. */
  end(end: ProcessEnd): readonly EventDraft[];
}

/** What a translator is told about the run it reads. */
export interface TranslatorContext {
  /** Makes claimed paths relative. */
  readonly workspace: string;
  /** As the lane's plan was told; `default` when left out. */
  readonly outerBounds?: BoundsTier;
}

/** One backend as pure functions. No file, process, network or clock in any of them. */
export interface Lane {
  readonly id: string;
  readonly contractVersion: typeof CONTRACT_VERSION;
  /** Version of the lane package. */
  readonly adapterVersion: string;
  /** `none`: plays the script itself and asks no model. */
  readonly modelClass: "model" | "none";
  /** API that its backend asks a model by, for the one request before a live run; left out by a lane that asks none. */
  readonly modelApi?: "responses" | "chat" | "messages";
  readonly backend: BackendSource;
  /** Arguments after the executable for the probe, and how to read what it printed. */
  readonly probe: { readonly args: readonly string[]; readonly read: (output: ProbeOutput) => Availability };
  readonly plan: (request: LaneRequest) => LanePlan;
  readonly translator: (context: TranslatorContext) => Translator;
  /**
   * A script step as a tool call of this backend; null when the backend cannot be asked to do it. A `command` step that gives
   * null is asked for as a `shell` step.
   */
  readonly toolCall: (step: ScriptStep) => ScriptedToolCall | null;
  /** Backend versions whose streams this adapter was tested against, oldest first. */
  readonly testedVersions: readonly string[];
  /** The backend works by committing in the target: a plan with this lane permits local commits on a work branch, to every lane. */
  readonly localCommits?: true;
  /** Answers that the gateway gives in place of a model. */
  readonly fixedAnswers?: readonly FixedAnswer[];
  /** For a backend that runs several agents. */
  readonly roles?: LaneRoles;
}
