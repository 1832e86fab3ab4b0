import { sha256, STATEMENT_TYPE } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { codesOf } from "../testing/codes-of.ts";
import { sampleStage5, signed, wholeSample } from "../testing/sample-documents.ts";
import { KEYS } from "../testing/sample-keys.ts";
import type { Stage5Evidence } from "./check-stage5.ts";

const { documents } = wholeSample();
const codes = (...stage5: readonly Stage5Evidence[]): string[] => codesOf("stage5", { ...documents, stage5 });
const good = sampleStage5();

describe("Stage 5 evidence", () => {
  it("R28: that passed before the plan, about the admitted source, holds", () => {
    expect(codes(good)).toEqual([]);
  });

  it("R7: that is not there is refused (STAGE5_MISSING)", () => {
    expect(codes()).toEqual(["STAGE5_MISSING missing"]);
  });

  it("R28: that failed is refused (STAGE5_FAILED)", () => {
    expect(codes(sampleStage5({ result: "FAILED" }))).toEqual(["STAGE5_FAILED result"]);
  });

  it("R28: that failed after an earlier pass is refused: the newest decides (STAGE5_FAILED)", () => {
    const later = sampleStage5({ result: "FAILED", finishedAt: "2026-05-21T01:00:00.000Z" });
    expect(codes(good, later)).toEqual(["STAGE5_FAILED result"]);
    expect(codes(later, good)).toEqual(["STAGE5_FAILED result"]);
  });

  it.each([
    ["digest", "whose file was edited", new Map([["report.txt", sha256("edited")]])],
    ["absent", "whose file is gone", new Map<string, string>()],
    ["unlisted", "with a file that nobody signed", new Map([...good.files, ["extra.txt", sha256("x")]])],
  ])("R28: the rule %s refuses evidence %s (STAGE5_DIGEST)", (rule, _, files) => {
    expect(codes({ ...good, files })).toEqual([`STAGE5_DIGEST ${rule}`]);
  });

  it.each(["runner", "comparator", "admission-reviewer", "operator", "stranger"] as const)(
    "R28: signed with the %s key is refused (STAGE5_SIGNER)",
    (role) => {
      expect(codes(sampleStage5({}, KEYS[role]))).toEqual(["STAGE5_SIGNER keyid"]);
    },
  );

  it("R28: that cannot be read spoils what can be read beside it (STAGE5_SIGNER)", () => {
    const envelope = { path: "stage5/second.dsse.json", bytes: Buffer.from("{}") };
    expect(codes(good, { envelope, files: new Map() })).toEqual(["STAGE5_SIGNER envelope"]);
    const statement = { _type: STATEMENT_TYPE, subject: [], predicateType: "other", predicate: {} };
    const other = signed("stage5/third.dsse.json", statement, KEYS["stage5-validator"]);
    expect(codes(good, { envelope: other, files: new Map() })).toEqual(["STAGE5_SIGNER schema"]);
  });

  it.each(["2026-06-05T00:00:00.000Z", "2026-06-01T00:00:00.000Z"])(
    "R28: that expires at %s is refused (STAGE5_EXPIRED)",
    (expiresAt) => {
      expect(codes(sampleStage5({ expiresAt }))).toEqual(["STAGE5_EXPIRED expiry"]);
    },
  );

  it("R28: that finished with or after the plan is refused (STAGE5_ORDER)", () => {
    expect(codes(sampleStage5({ finishedAt: "2026-06-01T00:00:00.000Z" }))).toEqual(["STAGE5_ORDER plan"]);
    expect(codes(sampleStage5({ finishedAt: "2026-06-09T00:00:00.000Z" }))).toEqual([
      "STAGE5_ORDER times",
      "STAGE5_ORDER plan",
    ]);
    expect(codes(sampleStage5({ startedAt: "2026-05-20T02:00:00.000Z" }))).toEqual(["STAGE5_ORDER times"]);
  });

  it("R50: about another tree of the candidate is refused (STAGE5_SOURCE_DRIFT)", () => {
    const source = {
      repository: "git+https://example.invalid/case",
      commit: "8".repeat(40),
      gitTree: "9".repeat(40),
    };
    expect(codes(sampleStage5({ source }))).toEqual(["STAGE5_SOURCE_DRIFT tree"]);
  });
});

describe("Stage 5 evidence finished after the plan", () => {
  const times = { finishedAt: "2026-06-02T01:00:00.000Z", expiresAt: "2026-12-01T00:00:00.000Z" };
  const at = (now: string, ...stage5: readonly Stage5Evidence[]): string[] =>
    codesOf("stage5", { ...documents, stage5 }, { now });
  const source = {
    repository: "git+https://example.invalid/case",
    commit: "8".repeat(40),
    gitTree: "9".repeat(40),
  };

  it("R28: about the same source breaks nothing, and renews what expired", () => {
    const short = sampleStage5({ expiresAt: "2026-06-10T00:00:00.000Z" });
    expect(codes(good, sampleStage5(times))).toEqual([]);
    expect(at("2026-06-12T00:00:00.000Z", short)).toEqual(["STAGE5_EXPIRED expiry"]);
    expect(at("2026-06-12T00:00:00.000Z", short, sampleStage5(times))).toEqual([]);
  });

  it("R28: that failed about the same source refuses (STAGE5_FAILED); about another one it says nothing of this plan", () => {
    expect(codes(good, sampleStage5({ ...times, result: "FAILED" }))).toEqual(["STAGE5_FAILED result"]);
    expect(codes(good, sampleStage5({ ...times, result: "FAILED", source }))).toEqual([]);
  });
});
