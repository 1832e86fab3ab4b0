import { readFileSync } from "node:fs";
import { laneConformance, type LaneSample } from "@stage6/lane-conformance";
import { test } from "vitest";
import { caseLane } from "./lane.ts";

const sample = (name: string): LaneSample => ({
  name,
  workspace: "/trial/target/repo",
  streams: { session: readFileSync(new URL(`../fixtures/${name}/session.jsonl`, import.meta.url)) },
  end: { exitCode: 0, signal: null, endedBy: "exit" },
});

laneConformance(caseLane, [sample("success"), sample("exhausted"), sample("killed")], test);
