import { readFileSync } from "node:fs";
import { laneConformance, type LaneSample } from "@stage6/lane-conformance";
import { test } from "vitest";
import { piLane } from "./lane.ts";
import { NEWEST_TESTED_VERSION } from "./versions.ts";

const sample = (name: string): LaneSample => {
  const read = (file: string) =>
    readFileSync(new URL(`../fixtures/${NEWEST_TESTED_VERSION}/${name}/${file}`, import.meta.url));
  return {
    name,
    workspace: "/trial/target/repo",
    streams: { stdout: read("stdout.jsonl"), stderr: read("stderr.txt"), session: read("session.jsonl") },
    end: { exitCode: 0, signal: null, endedBy: "exit" },
  };
};

laneConformance(piLane, [sample("success"), sample("refused"), sample("unclosed")], test);
