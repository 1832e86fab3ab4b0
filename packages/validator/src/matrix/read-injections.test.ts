import { sha256 } from "@stage6/evidence-interface";
import {
  injectionFile,
  knownMatrix,
  wayDigest,
  type InjectionEvidence,
  type InjectionRecord,
  type LaneStanding,
} from "@stage6/failure-matrix";
import { afterAll, describe, expect, it } from "vitest";
import { testKeys } from "@stage6/evidence-interface/testing";
import { writeDocument } from "../testing/sample-root.ts";
import { removeTempFolders, tempFolder } from "../testing/temp-folder.ts";
import { readInjections } from "./read-injections.ts";

afterAll(removeTempFolders);

const matrix = knownMatrix();
const BACKEND = sha256("backend");
const CODEX: LaneStanding = {
  id: "codex",
  blocked: null,
  adapterVersion: "1.0.0",
  backendSha256: BACKEND,
};

/** The first way of the matrix that injects this kind, with its row. */
function wayOf(kind: string) {
  for (const { id, ways } of matrix.rows)
    for (const [at, way] of ways.entries())
      if (way.injector.kind === kind)
        return { row: id, way: at, waySha256: wayDigest(way), expected: way.expected };
  throw new Error(`no way injects ${kind}`);
}

/** What a reader makes of one record, for lanes that stand like this. */
async function readWith(
  change: Partial<InjectionRecord>,
  kind: string,
  lanes: readonly LaneStanding[],
): Promise<readonly InjectionEvidence[]> {
  const root = await tempFolder();
  const { row, way, waySha256, expected } = wayOf(kind);
  const record: InjectionRecord = {
    schemaVersion: "1.0",
    row,
    lane: "codex",
    way,
    waySha256,
    adapterVersion: "1.0.0",
    backendSha256: BACKEND,
    source: null,
    codes: expected.kind === "codes" ? [...expected.codes].toSorted() : [],
    recordedAt: "2026-01-01T00:00:00.000Z",
    ...change,
  };
  const file = injectionFile(record.row, record.lane, record.way, false);
  await writeDocument(root, `matrix/injections/${file}`, record);
  const { evidence, findings } = await readInjections(root, matrix, lanes, testKeys().trusted);
  expect(findings).toEqual([]);
  return evidence;
}

describe("a record of an injection", () => {
  it("R27: of a lane as it stands is evidence, and made again", async () => {
    const evidence = await readWith({}, "gate-input", [CODEX]);
    expect(evidence.map(({ lane, fault }) => [lane, fault])).toEqual([["codex", null]]);
  });

  it.each<readonly [string, readonly LaneStanding[]]>([
    ["is blocked", [{ ...CODEX, blocked: "BACKEND_MISSING" }]],
    ["has another adapter", [{ ...CODEX, adapterVersion: "1.0.1" }]],
    ["has another backend", [{ ...CODEX, backendSha256: sha256("another") }]],
    ["is not there", []],
  ])("R27, R39: says nothing about a lane that %s", async (_what, lanes) => {
    expect(await readWith({}, "gate-input", lanes)).toEqual([]);
  });

  it.each([
    ["of another lane", "matrix/runs/0123456789abcdef/pi/fixture/001"],
    ["that is a trial of the plan", "runs/0123456789abcdef/codex/fixture/001"],
    ["outside of the root", "matrix/runs/../codex/../001"],
    ["in a deeper folder", "matrix/runs/0123456789abcdef/codex/fixture/001/more"],
  ])("R27: names the bundle that was spoiled, and none %s", async (_what, path) => {
    const [one] = await readWith({ source: { path, sha256: sha256("manifest") } }, "bundle-mutation", [
      CODEX,
    ]);
    expect(one).toMatchObject({ codes: null, fault: "the record names no bundle of its lane" });
  });
});
