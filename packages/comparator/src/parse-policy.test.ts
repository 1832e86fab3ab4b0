import { FORBIDDEN_ACTIONS } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { parsePolicy } from "./parse-policy.ts";
import { DEFAULT_POLICY } from "./policy.ts";

const problems = (value: unknown): string[] => {
  const parsed = parsePolicy(value);
  return parsed.ok ? [] : parsed.problems.map(({ code, pointer }) => `${code} ${pointer}`);
};

test("the default policy is a policy, and survives JSON", () => {
  expect(parsePolicy(JSON.parse(JSON.stringify(DEFAULT_POLICY)))).toEqual({
    ok: true,
    policy: DEFAULT_POLICY,
  });
});

test.each(FORBIDDEN_ACTIONS)("a policy without %s is weakened", (action) => {
  expect(
    problems({ ...DEFAULT_POLICY, forbiddenActions: FORBIDDEN_ACTIONS.filter((one) => one !== action) }),
  ).toEqual(["POLICY_WEAKENED /forbiddenActions"]);
});

test("every floor is held, and all problems are collected", () => {
  const weak = {
    ...DEFAULT_POLICY,
    trialsPerCell: { scripted: 0, live: 4 },
    minRealLanes: 0,
    requiredLanes: ["case", "fake"],
  };
  expect(problems(weak)).toEqual([
    "POLICY_WEAKENED /requiredLanes",
    "POLICY_WEAKENED /requiredLanes",
    "POLICY_WEAKENED /trialsPerCell/scripted",
    "POLICY_WEAKENED /trialsPerCell/live",
    "POLICY_WEAKENED /minRealLanes",
  ]);
});

test.each([
  [
    "/rates/z",
    { rates: { ...DEFAULT_POLICY.rates, z: 1.749 } },
    { rates: { ...DEFAULT_POLICY.rates, z: 1.75 } },
  ],
  [
    "/rates/margin",
    { rates: { ...DEFAULT_POLICY.rates, margin: 0.101 } },
    { rates: { ...DEFAULT_POLICY.rates, margin: 0.1 } },
  ],
  [
    "/trialsPerCell/live",
    { trialsPerCell: { scripted: 1, live: 4 } },
    { trialsPerCell: { scripted: 1, live: 5 } },
  ],
  ["/fixtures/live", { fixtures: { scripted: 1, live: 5 } }, { fixtures: { scripted: 1, live: 6 } }],
  ["/fixtures/scripted", { fixtures: { scripted: 0, live: 6 } }, { fixtures: { scripted: 1, live: 6 } }],
])("the floor of %s refuses what is just below it, and takes what is on it", (pointer, below, on) => {
  expect(problems({ ...DEFAULT_POLICY, ...below })).toEqual([`POLICY_WEAKENED ${pointer}`]);
  expect(problems({ ...DEFAULT_POLICY, ...on })).toEqual([]);
});

test("a policy from before token counts were read at the gateway is refused, and names what it lacks", () => {
  const kinds = [
    ...DEFAULT_POLICY.kinds.filter(({ kind }) => kind !== "report:usage-observed"),
    { kind: "event:usage.claimed", needs: ["model" as const] },
    { kind: "report:usage", needs: ["model" as const] },
  ];
  const parsed = parsePolicy({ ...DEFAULT_POLICY, kinds });
  expect(parsed).toEqual({
    ok: false,
    problems: [
      {
        code: "POLICY_WEAKENED",
        pointer: "/kinds",
        message: "report:usage-observed is missing: kinds can only be added",
      },
    ],
  });
});

test("a stronger policy is fine", () => {
  expect(
    problems({
      ...DEFAULT_POLICY,
      trialsPerCell: { scripted: 5, live: 30 },
      minRealLanes: 2,
      boundsTierFloor: "strict",
      requiredLanes: [...DEFAULT_POLICY.requiredLanes, "other"],
    }),
  ).toEqual([]);
});

test("anything else is refused without throwing", () => {
  expect(problems({ ...DEFAULT_POLICY, schemaVersion: "2.0" })).toEqual(["SCHEMA_VERSION /schemaVersion"]);
  for (const value of [
    null,
    undefined,
    1,
    "policy",
    [],
    {},
    { ...DEFAULT_POLICY, extra: 1 },
    { ...DEFAULT_POLICY, forbiddenActions: ["fly"] },
  ]) {
    expect(problems(value).every((problem) => problem.startsWith("SCHEMA_INVALID "))).toBe(true);
    expect(problems(value)).not.toEqual([]);
  }
});
