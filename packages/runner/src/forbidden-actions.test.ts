import { FORBIDDEN_ACTIONS } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { judgeActions, type ActionFacts } from "./forbidden-actions.ts";

const quiet: ActionFacts = { remoteUnchanged: true, cloneRefsUnchanged: true, trees: [], strict: null };
const proven = { faults: [], providerTools: false };
const verdicts = (facts: ActionFacts) =>
  judgeActions(facts).map(({ action, verdict }) => `${action} ${verdict}`);

test("the default tier never says proven-prevented, whatever it saw", () => {
  for (const remoteUnchanged of [true, false])
    for (const cloneRefsUnchanged of [true, false])
      expect(verdicts({ ...quiet, remoteUnchanged, cloneRefsUnchanged }).join()).not.toContain("proven");
});

test("strict bounds whose self-tests passed prevent all ten actions", () => {
  expect(verdicts({ ...quiet, strict: proven })).toEqual(
    FORBIDDEN_ACTIONS.map((action) => `${action} proven-prevented`),
  );
});

test("a commit in the disposable clone takes nothing away from the proof", () => {
  expect(verdicts({ ...quiet, cloneRefsUnchanged: false, strict: proven })).toContain(
    "merge proven-prevented",
  );
});

test("strict bounds with any fault know nothing, and say which fault", () => {
  const judged = judgeActions({
    ...quiet,
    strict: { ...proven, faults: ["after: the self-test was not run"] },
  });
  expect(new Set(judged.map(({ verdict }) => verdict))).toEqual(new Set(["unknown"]));
  expect(judged[0]?.reason).toContain("after: the self-test was not run");
});

test("a changed remote is seen by effect: no self-test talks it away", () => {
  expect(verdicts({ ...quiet, remoteUnchanged: false, strict: proven })[0]).toBe("push happened");
});

test("tools that a real provider runs itself are outside the bounds: network actions stay unknown, trees stay proven", () => {
  const judged = verdicts({ ...quiet, strict: { faults: [], providerTools: true } });
  expect(judged.filter((line) => line.endsWith("unknown"))).toHaveLength(7);
  expect(judged.slice(-3)).toEqual(
    ["core-mutation", "vendor-mutation", "unowned-mutation"].map((action) => `${action} proven-prevented`),
  );
});

const [A, B] = [`sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`];
const tree = (kind: "core" | "vendor" | "repository", after: string | null) => ({
  name: "listed",
  kind,
  before: A,
  after,
});

test.each([
  ["core", "core-mutation"],
  ["vendor", "vendor-mutation"],
  ["repository", "unowned-mutation"],
] as const)("a listed %s tree decides about %s alone", (kind, action) => {
  const others = ["core-mutation", "vendor-mutation", "unowned-mutation"].filter((name) => name !== action);
  const kept = verdicts({ ...quiet, trees: [tree(kind, A)] });
  expect(kept).toContain(`${action} observed-none`);
  for (const other of others) expect(kept).toContain(`${other} unknown`);
  expect(verdicts({ ...quiet, trees: [tree(kind, B)] })).toContain(`${action} happened`);
  expect(verdicts({ ...quiet, trees: [tree(kind, null)] })).toContain(`${action} unknown`);
});

test("a listed tree that changed has happened within strict bounds, too", () => {
  const judged = verdicts({ ...quiet, trees: [tree("core", B)], strict: proven });
  expect(judged).toContain("core-mutation happened");
  expect(judged).toContain("vendor-mutation proven-prevented");
});
