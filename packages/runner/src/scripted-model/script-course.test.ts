import type { ScriptStep } from "@stage6/lane-contract";
import { describe, expect, it } from "vitest";
import { scriptCourse } from "./script-course.ts";
import { scriptFaults } from "./script-faults.ts";

const LS: ScriptStep = { do: "shell", command: "ls" };
const SAY: ScriptStep = { do: "say", text: "Done." };
const HANG: ScriptStep = { do: "fault-hang" };
const BAD: ScriptStep = { do: "fault-malformed" };

describe("scriptCourse", () => {
  it("numbers answers without the faults between them and keeps their places", () => {
    expect(scriptCourse({ steps: [LS, HANG, LS, SAY] }).answers).toEqual([
      { step: LS, place: 0 },
      { step: LS, place: 2 },
      { step: SAY, place: 3 },
    ]);
  });

  it("puts a fault in front of the next answer, for every request that would get it", () => {
    const faults = scriptFaults({ steps: [LS, HANG, LS, SAY] });
    expect([0, 1, 1, 2, 3].map((at) => faults(at))).toEqual([null, HANG, HANG, null, null]);
  });

  it("lets only the first of several faults in a row be met", () => {
    expect([0, 1].map((at) => scriptFaults({ steps: [BAD, HANG, SAY] })(at))).toEqual([BAD, null]);
  });

  it("puts a fault at the end in front of the closing words", () => {
    expect([0, 1, 2].map((at) => scriptFaults({ steps: [LS, HANG] })(at))).toEqual([null, HANG, null]);
  });

  it("has no fault without a script", () => expect(scriptFaults(null)(0)).toBeNull());
});
