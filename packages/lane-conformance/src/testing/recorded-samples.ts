import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { LaneSample } from "../lane-sample.ts";

const STREAMS = { stdout: "stdout.jsonl", stderr: "stderr.txt", session: "session.jsonl" } as const;

/** The samples below a folder of recorded streams, one a folder, of a process that ended with code 0; `prefix` begins their names. */
export function recordedSamples(folder: URL, workspace: string, prefix = ""): readonly LaneSample[] {
  return readdirSync(folder).map((name) => {
    const file = (stream: string) => new URL(`${name}/${stream}`, folder);
    const streams = Object.entries(STREAMS).filter(([, path]) => existsSync(file(path)));
    return {
      name: `${prefix}${name}`,
      workspace,
      streams: Object.fromEntries(streams.map(([stream, path]) => [stream, readFileSync(file(path))])),
      end: { exitCode: 0, signal: null, endedBy: "exit" },
    };
  });
}
