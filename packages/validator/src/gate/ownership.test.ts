import { rm } from "node:fs/promises";
import { join } from "node:path";
import { OWNERSHIP_CLASSES } from "@stage6/evidence-interface";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootCopies } from "../testing/root-copies.ts";
import { SAMPLE_OWNERSHIP, writeDocument, type SampleRoot } from "../testing/sample-root.ts";
import { removeTempFolders } from "../testing/temp-folder.ts";
import { validateRoot } from "../validate-root.ts";

const FILE = "fixtures/fix-failing-test/ownership.json";
const now = "2026-01-02T00:00:00.000Z";

let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});

async function judge(spoil: (root: string) => Promise<void>) {
  const { root } = await copy();
  await spoil(root);
  const { checks, exitCode, inputs } = await validateRoot({ root, now });
  return { check: checks.find(({ id }) => id === "ownership"), exitCode, inputs };
}

test("a target whose record the plan names passes, and the record is among the inputs", async () => {
  const { check, inputs } = await judge(async () => undefined);
  expect(check).toMatchObject({ verdict: "pass", code: null, requirements: ["R15"] });
  expect(inputs).toContainEqual(expect.objectContaining({ role: "ownership", path: FILE }));
});

const SPOILERS: readonly (readonly [string, (root: string) => Promise<void>])[] = [
  ["no record", (root: string) => rm(join(root, FILE))],
  ["no fixture", (root: string) => rm(join(root, "fixtures/fix-failing-test"), { recursive: true })],
  [
    "a record the plan does not name",
    (root: string) => writeDocument(root, FILE, { ...SAMPLE_OWNERSHIP, owner: "somebody else" }),
  ],
  [
    "a fixture the plan does not name",
    (root: string) =>
      writeDocument(root, "fixtures/fix-failing-test/fixture.json", {
        repository: { baseCommit: "a".repeat(40) },
        allowedPaths: ["**"],
      }),
  ],
  ...OWNERSHIP_CLASSES.slice(1).map(
    (name) =>
      [
        `class ${name}`,
        (root: string) => writeDocument(root, FILE, { ...SAMPLE_OWNERSHIP, class: name }),
      ] as const,
  ),
];

test.each(SPOILERS)("%s is TARGET_NOT_OWNED and refused", async (_name, spoil) => {
  const { check, exitCode } = await judge(spoil);
  expect(check).toMatchObject({ verdict: "fail", code: "TARGET_NOT_OWNED" });
  expect(check?.evidence.length).toBeGreaterThan(0);
  expect(exitCode).toBe(1);
});
