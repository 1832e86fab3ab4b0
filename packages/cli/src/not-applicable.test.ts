import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "./testing/run-stage6.ts";

const RATIONALE = "This machine has no build of this backend, as its probe shows.";
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  await sandbox.call(["init"], {}, () => Date.UTC(2026, 0, 1));
  await sandbox.call(["plan", "--candidate", "case"], {}, () => Date.UTC(2026, 0, 1));
});
afterAll(async () => sandbox.remove());

const words = (lane: string, rationale = RATIONALE): string[] => [
  "not-applicable",
  "--lane",
  lane,
  "--rationale",
  rationale,
  "--recorded-by",
  "operator:sample",
  "--now",
  "2026-01-02T00:00:00Z",
  "--json",
];
const refusal = async (given: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const before = await sandbox.hashes("harness");
  const { code, out } = await sandbox.run(given, env);
  expect(await sandbox.hashes("harness")).toEqual(before);
  const { error }: { error: { code: string; message: string } } = JSON.parse(out);
  expect({ code, error: error.code }).toEqual({ code: 1, error: "NOT_APPLICABLE_REFUSED" });
  return error.message;
};

test("a lane whose probe succeeds, fake, the candidate and a short rationale are refused, and nothing is written", async () => {
  const bin = join(sandbox.path, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "pi"), "#!/bin/sh\necho 0.80.0\n");
  await chmod(join(bin, "pi"), 0o755);
  const found = await refusal(words("pi"), { PATH: `${bin}:${process.env["PATH"] ?? ""}` });
  expect(found).toContain("the probe ended with exit code 0");
  expect(await refusal(words("fake"))).toContain("drives fake");
  expect(await refusal(words("case"))).toContain("the candidate is always applicable");
  expect(await refusal(words("pi", "not needed"))).toContain("rationale");
});

test("a failing probe is recorded, signed, and expires by --now; a second record is not written over it", async () => {
  const first = await sandbox.call(words("pi"));
  expect(first.code).toBe(0);
  const { file, record }: { file: string; record: object } = JSON.parse(first.out);
  expect(record).toMatchObject({
    lane: "pi",
    reasonCode: "BACKEND_MISSING",
    probe: { argv: ["pi", "--version"], exitCode: null },
    expiresAt: "2026-02-01T00:00:00.000Z",
  });
  expect(JSON.parse(await readFile(join(sandbox.path, "harness", file), "utf8"))).toHaveProperty(
    "signatures",
  );
  const verdictAt = async (now: string): Promise<unknown> => {
    const { out } = await sandbox.call(["validate", "--json", "--now", now]);
    const { checks }: { checks: { id: string; verdict: string; code: string | null }[] } = JSON.parse(out);
    const { verdict, code } = checks.find(({ id }) => id === "applicability") ?? {};
    return { verdict, code };
  };
  expect(await verdictAt("2026-01-03T00:00:00Z")).toEqual({ verdict: "pass", code: null });
  expect(await verdictAt("2026-02-01T00:00:00Z")).toEqual({ verdict: "fail", code: "LANE_NA_INVALID" });
  expect(await refusal(words("pi", `${RATIONALE} Again.`))).toContain("never written over");
});
