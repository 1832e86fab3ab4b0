import { laneConformance } from "@stage6/lane-conformance";
import { test } from "vitest";
import { fakeLane } from "./fake-lane.ts";

const lines = [
  { v: 1, kind: "hello", session: "s", version: "1.0.0" },
  { v: 1, kind: "tool-start", id: "1", tool: "shell", input: "ls" },
  { v: 1, kind: "tool-end", id: "1", status: "completed", exitCode: 0 },
  { v: 1, kind: "tool-start", id: "2", tool: "shell", input: "sleep 9" },
  { v: 1, kind: "message", as: "answer", text: "é\u2028done" },
  { v: 1, kind: "bye", outcome: "completed", message: null },
];
const stdout = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
const end = { exitCode: 0, signal: null, endedBy: "exit" } as const;

laneConformance(
  fakeLane,
  [{ name: "a session", workspace: "/trial/target/repo", streams: { stdout }, end }],
  test,
);
