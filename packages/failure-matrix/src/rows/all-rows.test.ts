import { describe, expect, it } from "vitest";
import { validateDocument } from "@stage6/evidence-interface";
import { FailureMatrix, checkAppendOnly, checkMatrix, headOf, matrixOf } from "../matrix.ts";
import { ALL_LANES } from "./make-way.ts";
import { ROWS } from "./all-rows.ts";

const matrix = matrixOf(ROWS);

describe("the rows of this version", () => {
  it("fit their schema and are sound", () => {
    expect(validateDocument(FailureMatrix, matrix)).toMatchObject({ ok: true });
    expect(checkMatrix(matrix)).toEqual([]);
  });

  it("are at least 56, numbered without a gap", () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(56);
    expect(ROWS.map(({ id }) => id)).toEqual(ROWS.map((_, at) => `F${String(at + 1).padStart(2, "0")}`));
  });

  it("are drivable, or say why not, on fake, codex and pi", () => {
    for (const { id, ways, undrivable } of ROWS)
      for (const lane of ALL_LANES.filter((one) => one !== "case"))
        expect([
          id,
          lane,
          ways.some(({ lanes }) => lanes.includes(lane)) || undrivable.some((one) => one.lane === lane),
        ]).toEqual([id, lane, true]);
  });

  it("list lanes, codes and files sorted, each once", () => {
    for (const { ways } of ROWS)
      for (const { lanes, expected, injector } of ways) {
        expect(lanes).toEqual([...new Set(lanes)].toSorted());
        if (expected.kind === "codes")
          expect(expected.codes).toEqual([...new Set(expected.codes)].toSorted());
        if ("files" in injector)
          expect(injector.files.map(({ path }) => path)).toEqual(
            injector.files.map(({ path }) => path).toSorted(),
          );
      }
  });
});

describe("the running digest of the rows", () => {
  it("is frozen: rows may follow, and none may change", () => {
    expect(headOf(ROWS.slice(0, 65))).toBe(
      "sha256:a0bae3be6db9e85163ebc99db13349418ed6542e28fb8fa19a69ed9844419d26",
    );
  });
});

describe("checkAppendOnly", () => {
  it("takes a row at the end, and nothing else", () => {
    const [first, ...rest] = ROWS;
    if (first === undefined) throw new Error("no row");
    const added = matrixOf([...ROWS, { ...first, id: "F99" }]);
    expect(checkAppendOnly(matrix, added)).toEqual([]);
    expect(checkAppendOnly(added, matrix)).toMatchObject([
      { code: "MATRIX_INCOMPLETE", row: "F99", message: "the row is gone" },
    ]);
    const changed = matrixOf([{ ...first, title: "Something else" }, ...rest]);
    expect(checkAppendOnly(matrix, changed)).toMatchObject([
      { row: "F01", message: "the row was changed or moved" },
    ]);
  });

  it("shows in the head", () => {
    expect(checkMatrix({ ...matrix, head: `sha256:${"0".repeat(64)}` })).toMatchObject([
      { code: "DIGEST_MISMATCH" },
    ]);
  });
});
