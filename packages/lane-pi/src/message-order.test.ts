import { readFileSync } from "node:fs";
import { parseRecord, textField } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { MessageOrder } from "./message-order.ts";
import { TESTED_VERSIONS } from "./versions.ts";

const read = (version: string): string[] =>
  readFileSync(new URL(`../fixtures/${version}/parallel/stdout.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");

/** Everything that stands out of its place. */
function wrong(lines: readonly string[]): readonly string[] {
  const order = new MessageOrder();
  return lines.flatMap((line) => {
    const record = parseRecord(line) ?? {};
    return order.wrong(textField(record, "type"), record) ?? [];
  });
}
const swapped = (lines: readonly string[], a: RegExp, b: RegExp): string[] => {
  const [one, other] = [lines.findIndex((line) => a.test(line)), lines.findIndex((line) => b.test(line))];
  return lines.map((line, at) =>
    at === one ? (lines[other] ?? "") : at === other ? (lines[one] ?? "") : line,
  );
};
const begins = (call: number) => new RegExp(`^{"type":"tool_execution_start","toolCallId":"call_${call}"`);
const ends = (call: number) => new RegExp(`^{"type":"tool_execution_end","toolCallId":"call_${call}"`);
const result = (call: number) =>
  new RegExp(`^{"type":"message_end","message":{"role":"toolResult","toolCallId":"call_${call}"`);

test.each(TESTED_VERSIONS)("the messages of %s tell themselves twice alike", (version) => {
  expect(wrong(read(version))).toEqual([]);
});

test.each(TESTED_VERSIONS)(
  "calls of one answer of %s may end in any order, and begin in one only",
  (version) => {
    expect(wrong(swapped(read(version), ends(0), ends(1)))).toEqual([]);
    expect(wrong(swapped(read(version), begins(0), begins(1)))).toContain(
      "another call than the next of the answer began",
    );
  },
);

test("a result stands behind the end of its call, in the order of the calls", () => {
  const lines = read("0.87.1");
  const late = lines.filter((line) => !ends(0).test(line));
  late.splice(
    late.findIndex((line) => result(2).test(line)),
    0,
    lines.find((line) => ends(0).test(line)) ?? "",
  );
  expect(wrong(late)).toEqual(["a result before the end of its call"]);
  expect(wrong(swapped(lines, result(0), result(1)))).toContain("a result of another call than the next");
});

test("the end of a message is that of the message which began", () => {
  const lines = read("0.87.1").map((line) =>
    line.startsWith('{"type":"message_end","message":{"role":"user"')
      ? line.replace(/"timestamp":[0-9]+/, '"timestamp":1')
      : line,
  );
  expect(wrong(lines)).toContain("the end of another message");
});

test("a turn and an agent end with the messages that were printed", () => {
  const other = (type: string) =>
    read("0.87.1").map((line) =>
      line.startsWith(`{"type":"${type}"`) ? line.replace("Done.", "Well.") : line,
    );
  expect(wrong(other("turn_end"))).toEqual(["the turn's end repeats other messages than were printed"]);
  expect(wrong(other("agent_end"))).toEqual(["the agent's end lists other messages than were printed"]);
});
