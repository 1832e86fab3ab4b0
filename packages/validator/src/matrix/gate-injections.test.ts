import { knownMatrix } from "@stage6/failure-matrix";
import { describe, expect, it } from "vitest";
import { injectGateInput } from "./gate-injections.ts";
import { acceptanceCase } from "./gate-samples/acceptance-case.ts";
import { admissionCase } from "./gate-samples/admission-case.ts";
import { applicabilityCase } from "./gate-samples/applicability-case.ts";

const ways = knownMatrix().rows.flatMap(({ id, ways: all }) =>
  all.flatMap(({ injector, expected }) =>
    injector.kind === "gate-input" && expected.kind === "codes"
      ? [{ id, injector, codes: expected.codes }]
      : [],
  ),
);

describe("injectGateInput", () => {
  it.each(ways)(
    "$id: the sound $injector.input is taken and every spoiled one refused with the codes of the row",
    ({ injector, codes }) => {
      expect(injectGateInput(injector)).toEqual({ codes, fault: null });
    },
  );

  it("names a change that is not refused, and one that it does not know", () => {
    const [way] = ways;
    if (way === undefined) throw new Error("no row spoils an input of the gate");
    expect(injectGateInput({ ...way.injector, changes: ["sound"] }).fault).toContain("is not refused");
    expect(injectGateInput({ ...way.injector, changes: ["no-such-change"] }).fault).toContain(
      "can be spoiled",
    );
  });

  it.each([
    ["other-proof", "ACCEPTANCE_OTHER_PROOF"],
    ["before-proof", "ACCEPTANCE_BEFORE_PROOF"],
    ["operator-is-lane", "OPERATOR_IS_LANE"],
    ["unknown-operator", "OPERATOR_UNKNOWN"],
  ])("R40: an acceptance spoiled by %s is refused with %s", (change, code) => {
    expect(acceptanceCase(change)).toContain(code);
  });

  it("R38: an admission is refused one millisecond after its age (SOURCE_STALE)", () => {
    expect(admissionCase("older-than-max-age")).toEqual(["SOURCE_STALE"]);
    expect(applicabilityCase("expired")).toEqual(["LANE_NA_INVALID"]);
  });
});
