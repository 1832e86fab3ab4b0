import { sha256 } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { decideEligibility } from "../decide/decide-eligibility.ts";
import { judgeDocuments } from "../decide/judge-documents.ts";
import { codesOf } from "../testing/codes-of.ts";
import {
  COMMIT,
  NOW,
  sampleAdmission,
  sampleObservations,
  startedTrials,
  wholeSample,
} from "../testing/sample-documents.ts";
import { KEYS } from "../testing/sample-keys.ts";
import type { SourceAdmission, SourceObservation } from "./source-admission.ts";

const { documents } = wholeSample();
const codes = (change: Partial<typeof documents>, now = NOW): string[] => [
  ...new Set(codesOf("source-admission", { ...documents, ...change }, { now })),
];
const admitted = (change: Partial<SourceAdmission["predicate"]>, now = NOW): string[] =>
  codes({ admissions: [sampleAdmission(change)] }, now);
const input = documents.comparison;
if (input === null) throw new TypeError("the sample has no comparison");
const started = startedTrials(input);
const seen = (change: Partial<SourceObservation>): string[] =>
  codes({ observations: sampleObservations(started, change) });
const probe = {
  argv: ["ca"],
  exitCode: 0,
  outputSha256: sha256(""),
  version: "1.0",
  probedAt: "2026-05-25T00:00:00.000Z",
  verdict: "started" as const,
};

describe("a source admission", () => {
  it("R38: that is signed, fresh and about the source that ran holds", () => {
    expect(codes({})).toEqual([]);
  });

  it("R9: that is not there is refused (SOURCE_MISSING)", () => {
    expect(codes({ admissions: [] })).toEqual(["SOURCE_MISSING missing"]);
  });

  it.each(["runner", "comparator", "stage5-validator", "operator", "stranger"] as const)(
    "R38: signed with the %s key is refused (SOURCE_SIGNER)",
    (role) => {
      expect(codes({ admissions: [sampleAdmission({}, KEYS[role])] })).toEqual(["SOURCE_SIGNER keyid"]);
    },
  );

  it("R38: whose form names no lag upstream is refused: nothing is called current (SOURCE_SIGNER)", () => {
    expect(admitted({ upstream: { state: "current" } as never })).toEqual(["SOURCE_SIGNER schema"]);
  });

  it.each([
    ["expired", "2026-06-21T00:00:00.000Z", {}],
    ["expired", "2026-06-20T00:00:00.000Z", {}],
    ["span", NOW, { expiresAt: "2026-06-25T00:00:00.000Z" }],
    ["future", "2026-05-24T00:00:00.000Z", {}],
    [
      "upstream",
      NOW,
      { upstream: { state: "known", commits: 1, fetchedAt: "2026-06-06T00:00:00.000Z" } as const },
    ],
  ])("R38: the rule %s refuses it at %s (SOURCE_STALE)", (rule, now, change) => {
    expect(admitted(change, now)).toContain(`SOURCE_STALE ${rule}`);
  });

  it("R53: may last 30 days and no longer", () => {
    expect(admitted({ expiresAt: "2026-06-24T00:00:00.000Z" })).toEqual([]);
    expect(admitted({ expiresAt: "2026-06-24T00:00:00.001Z" })).toEqual(["SOURCE_STALE span"]);
  });

  it.each([
    ["failed", { ...probe, verdict: "failed" as const }],
    ["ended with another code", { ...probe, exitCode: 1 }],
    ["came after the admission", { ...probe, probedAt: "2026-05-26T00:00:00.000Z" }],
  ])("R38: whose start probe %s is refused (SOURCE_UNPROBED)", (_, startProbe) => {
    expect(admitted({ startProbe })).toEqual(["SOURCE_UNPROBED start-probe"]);
  });

  it("R38: whose licence forbids use, or with a blocking defect, admits nothing (SOURCE_MISSING)", () => {
    expect(admitted({ licence: { verdict: "forbids-use", evidence: "clause 3" } })).toEqual([
      "SOURCE_MISSING licence",
    ]);
    expect(admitted({ knownDefects: [{ id: "X1", summary: "loses data", severity: "blocking" }] })).toEqual([
      "SOURCE_MISSING blocking-defect",
    ]);
  });

  it.each([
    [
      "plan",
      "of another program than the plan pins",
      { binary: { sha256: sha256("other"), preparation: [] } },
    ],
    ["run", "of another program than ran", { binary: { sha256: sha256("other"), preparation: [] } }],
    ["order", "that came after the plan", { admittedAt: "2026-06-02T00:00:00.000Z" }],
  ])("R38: the rule %s refuses an admission %s (SOURCE_DRIFT)", (rule, _, change) => {
    expect(admitted(change)).toContain(`SOURCE_DRIFT ${rule}`);
  });

  it("R38: may come with the plan, and one millisecond after it is refused (SOURCE_DRIFT)", () => {
    const { createdAt } = input.plan;
    expect(createdAt).toBe("2026-06-01T00:00:00.000Z");
    expect(admitted({ admittedAt: createdAt })).toEqual([]);
    expect(admitted({ admittedAt: "2026-06-01T00:00:00.001Z" })).toEqual(["SOURCE_DRIFT order"]);
  });

  it.each([
    ["SOURCE_DRIFT tree", "another tree", { gitTree: "9".repeat(40) }],
    ["SOURCE_DRIFT tree", "another commit", { gitCommit: "9".repeat(40) }],
    ["SOURCE_DRIFT tree", "no checkout", { gitCommit: null, gitTree: null }],
    ["SOURCE_DRIFT binary", "another program", { binarySha256: sha256("other") }],
    ["SOURCE_DRIFT binary", "no program", { binarySha256: null }],
    [
      "SOURCE_DRIFT lockfile",
      "another lock file",
      { lockfiles: [{ path: "bun.lock", sha256: sha256("x") }] },
    ],
    ["SOURCE_DRIFT runtime", "another runtime", { runtimeSha256: sha256("x") }],
    ["VENDOR_DIRTY changed", "an edited file", { changed: ["agents/closer.md"] }],
    ["VENDOR_DIRTY extra", "a file that nobody allowed", { extra: ["docs/learnings/x.md"] }],
    ["SOURCE_STALE future", "a time to come", { observedAt: "2026-06-06T00:00:00.000Z" }],
  ])("R38: is refused with %s when a look at the source finds %s", (code, _, change) => {
    expect(seen(change)).toEqual([code]);
  });

  it("R38: allows the extra files that the reviewer listed, and a stale lock file that nothing reads", () => {
    expect(seen({ extra: ["node_modules/.stamp"] })).toEqual([]);
  });

  it("R9, R38: that is not on this machine is not here, which is another thing than changed (SOURCE_NOT_HERE)", () => {
    const looks = sampleObservations(started);
    const nothing = { gitCommit: null, gitTree: null, binarySha256: null, runtimeSha256: null };
    const empty = { changed: [], extra: [], folders: [], lockfiles: [] };
    const now = looks.flatMap((one) => (one.moment === "now" ? [{ ...one, ...nothing, ...empty }] : []));
    const others = looks.filter(({ moment }) => moment !== "now");
    expect(now).toHaveLength(1);
    for (const observations of [others, [...others, ...now]]) {
      expect(codes({ observations })).toEqual(["SOURCE_NOT_HERE now"]);
      const judged = judgeDocuments({ ...documents, observations }, { now: NOW, withoutSource: true });
      const open = judged.checks.filter(({ verdict }) => verdict !== "pass");
      expect(open).toMatchObject([
        { id: "source-admission", verdict: "inconclusive", code: "SOURCE_NOT_HERE" },
      ]);
      expect(
        decideEligibility({ ...documents, observations }, { now: NOW, withoutSource: true }),
      ).toMatchObject({
        verdict: "refused",
        recordType: null,
      });
    }
    // A look that sees anything of it has to see what was admitted.
    const partly = [...others, ...now.map((one) => ({ ...one, extra: ["a file"] }))];
    expect(codes({ observations: partly })).toContain("SOURCE_DRIFT binary");
    const drifted = judgeDocuments({ ...documents, observations: partly }, { now: NOW, withoutSource: true });
    expect(drifted.checks.find(({ id }) => id === "source-admission")?.verdict).toBe("inconclusive");
    // Asked for, it is left out wherever the source lies: it never makes a pass.
    const there = judgeDocuments(documents, { now: NOW, withoutSource: true });
    expect(there.checks.filter(({ verdict }) => verdict !== "pass").map(({ code }) => code)).toEqual([
      "SOURCE_NOT_HERE",
    ]);
  });

  it("R38: without a look before the runs or after them is refused (SOURCE_MISSING)", () => {
    for (const moment of ["before-run", "after-run"] as const)
      expect(
        codes({ observations: sampleObservations(started).filter((one) => one.moment !== moment) }),
      ).toEqual(["SOURCE_MISSING unobserved"]);
  });

  it("R38: without a look around every single run is refused (SOURCE_MISSING)", () => {
    expect(started.length).toBeGreaterThan(1);
    expect(codes({ observations: sampleObservations(started.slice(1)) })).toEqual([
      "SOURCE_MISSING unobserved",
    ]);
  });

  it("R38: a folder of dependencies is held to its digest and its number of files (VENDOR_DIRTY)", () => {
    const folder = { path: "node_modules", files: 3, sha256: sha256("dependencies") };
    const admissions = [sampleAdmission({ extraFolders: [folder] })];
    const looked = (folders: SourceObservation["folders"]): string[] =>
      codes({ admissions, observations: sampleObservations(started, { folders }) });
    expect(looked([folder])).toEqual([]);
    for (const folders of [[], [{ ...folder, files: 4 }], [{ ...folder, sha256: sha256("other") }]])
      expect(looked(folders)).toEqual(["VENDOR_DIRTY folder"]);
  });

  it("R38: a folder that the review never named is refused when it appears later (VENDOR_DIRTY)", () => {
    const folders = [{ path: "dist", files: 1, sha256: sha256("built later") }];
    expect(codes({ observations: sampleObservations(started, { folders }) })).toEqual([
      "VENDOR_DIRTY folder",
    ]);
  });

  it("R38: of the program alone needs no checkout", () => {
    const observations = sampleObservations(started, {
      gitCommit: null,
      gitTree: null,
      lockfiles: [],
      runtimeSha256: null,
    });
    expect(codes({ observations, admissions: [sampleAdmission({ form: "binary" })] })).toEqual([]);
  });

  it("R38: the newest decides, also when it is the worse one", () => {
    const later = sampleAdmission({ admittedAt: "2026-05-26T00:00:00.000Z" }, undefined, {
      gitCommit: COMMIT,
      gitTree: "9".repeat(40),
    });
    expect(codes({ admissions: [sampleAdmission(), later] })).toEqual(["SOURCE_DRIFT tree"]);
  });
});

describe("a source admission made after the plan", () => {
  const after = "2026-06-02T00:00:00.000Z";
  const first = sampleAdmission();
  const OTHER = { gitCommit: "8".repeat(40), gitTree: "9".repeat(40) };
  const again = (change: Partial<SourceAdmission["predicate"]> = {}) =>
    sampleAdmission({ admittedAt: after, expiresAt: "2026-06-30T00:00:00.000Z", ...change });

  it("R38: of the same source breaks nothing", () => {
    expect(codes({ admissions: [first, again()] })).toEqual([]);
  });

  it("R9: of the same source renews an admission that expired, and none of another source does", () => {
    const late = "2026-06-22T00:00:00.000Z";
    expect(codes({ admissions: [first] }, late)).toEqual(["SOURCE_STALE expired"]);
    expect(codes({ admissions: [first, again()] }, late)).toEqual([]);
    const others = [
      sampleAdmission({ admittedAt: after, expiresAt: "2026-06-30T00:00:00.000Z" }, undefined, OTHER),
      again({ files: { count: 209, listSha256: sha256("another list") } }),
      again({ dependencies: [] }),
    ];
    for (const other of others)
      expect(codes({ admissions: [first, other] }, late)).toEqual(["SOURCE_STALE expired"]);
  });

  it("R38: of the same source ends an admission when it finds what stands in the way (SOURCE_MISSING)", () => {
    const knownDefects = [{ id: "D1", summary: "it deletes", severity: "blocking" as const }];
    expect(codes({ admissions: [first, again({ knownDefects })] })).toEqual([
      "SOURCE_MISSING blocking-defect",
    ]);
  });

  it("R38: of another source says nothing about the plan, until that source is what is there (SOURCE_REPLACED)", () => {
    const other = sampleAdmission({ admittedAt: after }, undefined, OTHER);
    expect(codes({ admissions: [first, other] })).toEqual([]);
    const looks = sampleObservations(started).map((look) =>
      look.moment === "now" ? { ...look, ...OTHER } : look,
    );
    expect(codes({ admissions: [first, other], observations: looks })).toEqual(["SOURCE_REPLACED now"]);
    expect(codes({ admissions: [first], observations: looks })).toEqual(["SOURCE_DRIFT tree"]);
  });
});
