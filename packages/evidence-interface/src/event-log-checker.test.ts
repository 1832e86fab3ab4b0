import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { EventLogChecker } from "./event-log-checker.ts";
import { EventLogWriter } from "./event-log-writer.ts";
import { sampleEventLog } from "./testing/index.ts";

const check = (bytes: Buffer, cut = bytes.length) => {
  const checker = new EventLogChecker("events.jsonl");
  for (let at = 0; at < bytes.length; at += cut) checker.push(bytes.subarray(at, at + cut));
  return checker.end();
};
const rules = (bytes: Buffer) => check(bytes).findings.map((finding) => `${finding.code}/${finding.rule}`);
const lines = (bytes: Buffer) => bytes.toString("utf8").trimEnd().split("\n");
const joined = (all: readonly string[]) => Buffer.from(`${all.join("\n")}\n`);

describe("EventLogChecker", () => {
  const good = sampleEventLog();

  it("accepts a log of the writer, however it is cut into chunks", () => {
    const whole = check(good);
    expect(whole.findings).toEqual([]);
    for (const cut of [1, 7, 64, 1000]) expect(check(good, cut)).toEqual(whole);
    expect(whole.count).toBe(lines(good).length);
    expect(whole.bytes).toBe(good.length);
  });

  it("refuses the log cut at any byte", () => {
    for (let at = 1; at < good.length; at += 13)
      expect(rules(good.subarray(0, at)).length).toBeGreaterThan(0);
  });

  it("refuses a line that is dropped, doubled or swapped", () => {
    const all = lines(good);
    for (let at = 0; at < all.length; at++) {
      expect(rules(joined(all.filter((_, index) => index !== at))).length).toBeGreaterThan(0);
      expect(rules(joined([...all.slice(0, at + 1), ...all.slice(at)])).length).toBeGreaterThan(0);
      if (at > 0) {
        const swapped = [...all];
        [swapped[at - 1], swapped[at]] = [swapped[at] ?? "", swapped[at - 1] ?? ""];
        expect(rules(joined(swapped)).length).toBeGreaterThan(0);
      }
    }
  });

  it("names a duplicate key, a byte order mark, white space and a __proto__ key as bytes that are not canonical", () => {
    const all = lines(good);
    const edit = (change: (line: string) => string) =>
      rules(joined(all.map((line, index) => (index === 2 ? change(line) : line))));
    expect(edit((line) => line.replace('"seq":2', '"seq":2,"seq":2'))).toContain(
      "BYTES_NOT_CANONICAL/not-canonical",
    );
    expect(edit((line) => `\ufeff${line}`)).toContain("BYTES_NOT_CANONICAL/not-json");
    expect(edit((line) => line.replace(":", ": "))).toContain("BYTES_NOT_CANONICAL/not-canonical");
    expect(edit((line) => line.replace("{", '{"__proto__":1,'))).toContain("BYTES_NOT_CANONICAL/proto-key");
    expect(edit((line) => line.replace("{", '{"x":1,'))).toContain("SCHEMA_INVALID/schema");
  });

  it("refuses bytes outside UTF-8 and an overlong line without reading on blindly", () => {
    const bad = Buffer.concat([good.subarray(0, 40), Buffer.of(0xff), good.subarray(40)]);
    expect(rules(bad)).toContain("BYTES_NOT_CANONICAL/not-utf8");
    const long = Buffer.concat([good, Buffer.alloc(3 * 1024 * 1024, 97)]);
    expect(check(long, 65_536).findings.map((finding) => finding.rule)).toContain("line-length");
  });

  it("gives the same summary of bad bytes and overlong lines however they are cut", () => {
    const all = lines(good);
    const long = `"${"é".repeat(600_000)}"`;
    const bad = joined([...all.slice(0, 3), long, ...all.slice(3, 6), "garbled", ...all.slice(6)]);
    const whole = check(bad);
    expect(whole.findings.map((finding) => [finding.rule, finding.line])).toContainEqual(["line-length", 4]);
    expect(whole.count).toBe(all.length + 2);
    for (const cut of [777, 65_536, 1_048_576]) expect(check(bad, cut)).toEqual(whole);
    for (const cut of [777, 65_536])
      expect(check(bad.subarray(0, 900_000), cut)).toEqual(check(bad.subarray(0, 900_000)));
  });

  it("hashes every byte, the unfinished line and the overlong one included", () => {
    const bytes = Buffer.concat([good, Buffer.alloc(2_000_000, 97), Buffer.from("\nrest")]);
    expect(check(bytes, 65_536).sha256).toBe(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  });

  it("holds no long text of the evidence in its findings, and not more than it may", () => {
    const bad = joined([`{"type":"${"x".repeat(100_000)}"}`, ...Array.from({ length: 500 }, () => "?")]);
    const { findings } = check(bad);
    expect(findings.length).toBe(101);
    expect(findings.at(-1)?.rule).toBe("too-many");
    expect(Math.max(...findings.map((finding) => finding.found?.length ?? 0))).toBeLessThan(300);
  });

  it("refuses a checkpoint over other bytes", () => {
    const text = good.toString("utf8");
    const sha =
      /"type":"checkpoint","data":\{"events":\d+,"bytes":\d+,"sha256":"sha256:([0-9a-f]{64})/.exec(
        text,
      )?.[1] ?? "";
    expect(rules(Buffer.from(text.replace(sha, "0".repeat(64))))).toContain("EVENTS_INVALID/checkpoint");
  });

  it("refuses an event where a checkpoint was due", () => {
    const writer = new EventLogWriter();
    const stamp = { ts: "2026-01-01T00:00:00.000Z", mono: 0 };
    const parts = Array.from({ length: 600 }, () =>
      writer.append("workspace.prepared", { baseCommit: "a".repeat(40), entries: 1 }, stamp),
    );
    const bytes = Buffer.concat([...parts, writer.end(stamp)]);
    expect(lines(bytes).filter((line) => line.includes('"checkpoint"')).length).toBe(3);
    const without = lines(bytes).filter((line, index) => !(line.includes('"checkpoint"') && index < 400));
    expect(rules(joined(without))).toContain("EVENTS_INVALID/checkpoint");
  });
});
