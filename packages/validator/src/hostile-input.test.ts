import { mkdir, open, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GateResult } from "./gate-result.ts";
import { rootCopies } from "./testing/root-copies.ts";
import type { SampleRoot } from "./testing/sample-root.ts";
import { removeTempFolders } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";

const NOW = "2026-01-02T00:00:00.000Z";
const MIB = 1024 * 1024;
/** Far more than any of these takes, and far less than what they took when nothing was bounded. */
const DEADLINE = 90_000;
let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});

const judge = (root: string): Promise<GateResult> => validateRoot({ root, now: NOW });
/** Every code of a result, those in its evidence among them. */
const codesOf = ({ checks }: GateResult): string =>
  checks
    .flatMap(({ code, message, evidence }) => [code, message, ...evidence.map(({ what }) => what)])
    .join("\n");

/** Files that a reader of lines or documents takes, and hostile content for each. */
const FILES = [
  "trust/allowed_signers",
  "trust/revocations.jsonl",
  "trust/keys.json",
  "trust/root.json",
  "trust/root.json.sig",
  "policy/stage6.policy.json",
  "policy/stage6.policy.json.sig",
  "harness.json",
  "lanes/pi/lane.json",
  "contracts/failure-matrix.json",
  "eligibility/ledger.jsonl",
  "matrix/failure-matrix.json",
  "stage5/first.dsse.json",
  "admissions/case/first.dsse.json",
] as const;
const HOSTILE: readonly (readonly [string, string])[] = [
  ["one line of 3 MB of options", `operator:a ${'namespaces="a",'.repeat(200_000)} ssh-ed25519 AAAA\n`],
  ["a million quotes", `operator:a ${'"'.repeat(1_000_001)}${"x ".repeat(1_000_000)}\n`],
  ["three million letters", "a".repeat(3 * MIB)],
  ["three hundred thousand opened lists", "[".repeat(300_000)],
];

describe.each(HOSTILE)("R44: %s", (_, text) => {
  test(
    "in any file of a root are a finding, and never an internal error",
    async () => {
      const { root } = await copy();
      for (const file of FILES) {
        await mkdir(dirname(join(root, file)), { recursive: true });
        await writeFile(join(root, file), text);
      }
      const whole = await judge(root);
      expect([whole.exitCode, codesOf(whole).includes("INTERNAL")]).toEqual([3, false]);
      const { root: signers } = await copy();
      await writeFile(join(signers, "trust/allowed_signers"), text);
      const result = await judge(signers);
      expect([result.exitCode, codesOf(result).includes("INTERNAL")]).toEqual([3, false]);
      expect(codesOf(result)).toContain("TRUST_ROOT_UNSAFE");
    },
    DEADLINE,
  );
});

/** A file of holes of this size. */
async function sparse(file: string, size: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, "w");
  try {
    await handle.truncate(size);
  } finally {
    await handle.close();
  }
}

test.each([
  ["a file of Stage 5 evidence of 20 GiB", "stage5/first/big", 20 * 1024 * MIB],
  ["a file of Stage 5 evidence of one byte too many", "stage5/first/big", 256 * MIB + 1],
  ["a record of eligibility of 5 GiB", "eligibility/x.dsse.json", 5 * 1024 * MIB],
  ["a log of revocations of 5 GiB", "trust/revocations.jsonl", 5 * 1024 * MIB],
])(
  "R44: %s is refused by its size, before it is read (INPUT_TOO_LARGE)",
  async (_, file, size) => {
    const { root } = await copy();
    if (file.startsWith("stage5/")) {
      await mkdir(join(root, "stage5"), { recursive: true });
      await writeFile(join(root, "stage5/first.dsse.json"), "{}");
    }
    await sparse(join(root, file), size);
    const result = await judge(root);
    expect(result.exitCode).toBe(3);
    expect(codesOf(result)).toContain("INPUT_TOO_LARGE");
  },
  DEADLINE,
);

describe("a sealed bundle", () => {
  const bundleOf = async ({ root, bundles }: SampleRoot): Promise<string> => {
    const [first = ""] = bundles;
    expect(await readdir(join(root, first))).toContain("events.jsonl");
    return join(root, first);
  };

  test.each(["artifacts/stdout.raw", "events.jsonl", "report.json"])(
    "R44: whose %s grew to 20 GiB is refused by its size, before it is read (INPUT_TOO_LARGE)",
    async (file) => {
      const sample = await copy();
      await sparse(join(await bundleOf(sample), file), 20 * 1024 * MIB);
      const result = await judge(sample.root);
      expect(result.exitCode).toBe(3);
      expect(codesOf(result)).toContain("INPUT_TOO_LARGE");
    },
    DEADLINE,
  );

  test.each([
    ["{}", "{}\n"],
    ["empty lines", "\n"],
    ["letters", "x\n"],
  ])(
    "R32, R44: whose log goes on with 300 MB of lines of %s is judged no longer than until nothing more can be said",
    async (_, line) => {
      const sample = await copy();
      const block = Buffer.from(line.repeat((8 * MIB) / line.length));
      const handle = await open(join(await bundleOf(sample), "events.jsonl"), "a");
      try {
        for (let written = 0; written < 300 * MIB; written += block.length) await handle.write(block);
      } finally {
        await handle.close();
      }
      const result = await judge(sample.root);
      expect(result.exitCode).toBe(3);
      expect(codesOf(result)).toMatch(/BYTES_NOT_CANONICAL|SCHEMA_INVALID|EVENTS_INVALID/);
    },
    DEADLINE,
  );
});
