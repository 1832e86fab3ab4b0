import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main } from "./cli.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "stage6-bounds-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one command line with `--json` on a root of its own. */
async function call(
  ...argv: readonly string[]
): Promise<{ exit: number; document: Record<string, unknown>; err: string }> {
  let [out, err] = ["", ""];
  const exit = await main([...argv, "--json", "--harness-root", join(folder, "root")], {
    cwd: folder,
    env: {
      STAGE6_KEYS_DIR: join(folder, "keys"),
      STAGE6_BACKENDS_DIR: join(folder, "backends"),
      HOME: folder,
    },
    out: (text) => (out += text),
    err: (text) => (err += text),
    color: false,
    now: () => Date.UTC(2026, 0, 1),
    interrupt: () => new AbortController().signal,
  });
  const document: Record<string, unknown> = JSON.parse(out);
  return { exit, document, err };
}

/** Runs `work` on a host without bubblewrap on its search path. */
async function withoutBwrap<T>(work: () => Promise<T>): Promise<T> {
  const real = process.env["PATH"];
  vi.stubEnv("PATH", folder);
  try {
    return await work();
  } finally {
    vi.stubEnv("PATH", real);
  }
}

const WISH = ["plan", "--candidate", "fake", "--lanes", "fake", "--fixtures", "fix-failing-test"];
const planned = (tier: string, requested: string) => ({
  plan: { document: { boundsTier: tier, bounds: { requested } } },
});

test("a plan fixes its tier: auto is strict here, and asking for strict or default is heard", async () => {
  await call("init");
  expect((await call(...WISH, "--dry-run")).document).toMatchObject(planned("strict", "auto"));
  expect((await call(...WISH, "--dry-run", "--bounds", "default")).document).toMatchObject(
    planned("default", "default"),
  );
  expect((await call(...WISH, "--bounds", "strict")).document).toMatchObject(planned("strict", "strict"));
});

test("without bubblewrap strict is refused with the cure, and a strict plan is not run in another tier", async () => {
  const refused = await withoutBwrap(() => call(...WISH, "--bounds", "strict"));
  expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining("apt-get install bubblewrap") });
  expect(JSON.stringify(refused.document)).toContain("BOUNDS_UNAVAILABLE");
  const run = await withoutBwrap(() => call("run"));
  expect(run.exit).toBe(1);
  expect(JSON.stringify(run.document)).toContain("BOUNDS_UNAVAILABLE");
});

test("without bubblewrap auto goes down to default and the plan says why", async () => {
  const { document } = await withoutBwrap(() => call(...WISH, "--dry-run", "--bounds", "auto"));
  expect(document).toMatchObject(planned("default", "auto"));
  expect(JSON.stringify(document)).toContain("BWRAP_MISSING");
});

test("probe --bounds tells tier, self-test and what each claim would be worth", async () => {
  const strict = (await call("probe", "--lanes", "fake", "--bounds")).document["bounds"];
  expect(strict).toMatchObject({ requested: "auto", tier: "strict", cure: null, faults: [] });
  expect(JSON.stringify(strict)).toContain('"action":"push","verdict":"proven-prevented"');
  const none = await withoutBwrap(() => call("probe", "--lanes", "fake", "--bounds", "strict"));
  expect(none.document["bounds"]).toMatchObject({
    requested: "strict",
    tier: null,
    selfTest: null,
    claims: [],
  });
  expect((await call("probe", "--bounds", "loose")).exit).toBe(2);
});
