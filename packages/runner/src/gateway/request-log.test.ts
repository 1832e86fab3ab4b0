import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { field } from "./json-view.ts";
import { MAX_LOGGED_BODY_BYTES, openRequestLog } from "./request-log.ts";

const SHA = `sha256:${"0".repeat(64)}`;

const open = () => {
  const folder = mkdtempSync(join(tmpdir(), "stage6-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const failures: string[] = [];
  const file = join(folder, "bodies.jsonl");
  const log = openRequestLog(join(folder, "log.jsonl"), file, (message) => failures.push(message));
  const lines = (): string[] => readFileSync(file, "utf8").trimEnd().split("\n");
  return { log, lines, failures };
};

const body = (bytes: Buffer) => ({
  n: 1,
  side: "request" as const,
  bytes: bytes.length,
  sha256: SHA,
  body: bytes,
});

describe("openRequestLog", () => {
  it("cuts a body into lines below 1 MiB that join to the body", () => {
    const { log, lines } = open();
    const text = `${"\u0001".repeat(300_000)}${"\u{1f600}".repeat(200_000)}`;
    log.writeBody(body(Buffer.from(text)));
    const parsed = lines().map((line): unknown => JSON.parse(line));
    expect(parsed.map((part) => field(part, "text")).join("")).toBe(text);
    expect(Math.max(...lines().map((line) => Buffer.byteLength(line)))).toBeLessThan(1024 * 1024);
    for (const line of lines()) expect(JSON.stringify(JSON.parse(line))).toBe(line);
  });

  it("keeps bytes that are no UTF-8 as base64", () => {
    const { log, lines } = open();
    log.writeBody(body(Buffer.from([0xff, 0x00])));
    expect(JSON.parse(lines()[0] ?? "")).toMatchObject({ encoding: "base64", text: "/wA=" });
  });

  it("keeps digests alone once the room is used up", () => {
    const { log, lines } = open();
    log.writeBody(body(Buffer.alloc(MAX_LOGGED_BODY_BYTES - 10, 0x61)));
    expect(log.bodyRoom()).toBe(10);
    log.writeBody(body(Buffer.alloc(11)));
    expect(JSON.parse(lines().at(-1) ?? "")).toEqual({
      n: 1,
      side: "request",
      bytes: 11,
      sha256: SHA,
      kept: false,
    });
  });

  it("writes nothing after it is closed", () => {
    const { log, lines, failures } = open();
    log.close();
    log.writeBody(body(Buffer.from("late")));
    expect([lines(), failures]).toEqual([[""], []]);
  });

  it.runIf(existsSync("/dev/full"))("tells a failed write once (needs /dev/full)", () => {
    const failures: string[] = [];
    const full = openRequestLog("/dev/full", undefined, (message) => failures.push(message));
    for (const target of ["A", "B"]) full.write({ kind: "egress", at: "", method: "GET", target });
    full.close();
    expect(failures).toHaveLength(1);
  });
});
