import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";
import { mkdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, keyId, sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readHarnessRoot } from "./read-harness-root.ts";
import { defaultHarnessConfig } from "./harness-config.ts";
import { removeTempFolders } from "./testing/temp-folder.ts";
import { makeFifo } from "./testing/make-fifo.ts";
import { rootCopies } from "./testing/root-copies.ts";
import { sampleKeys, writeDocument, type SampleRoot } from "./testing/sample-root.ts";

let copy: () => Promise<SampleRoot>;
let sample: SampleRoot;
let root: string;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});
beforeEach(async () => {
  sample = await copy();
  ({ root } = sample);
});

const faults = async (): Promise<string[]> =>
  (await readHarnessRoot(root, "2026-01-02T00:00:00.000Z")).findings.map(
    ({ code, rule, file }) => `${code} ${rule} ${file}`,
  );
const FILES = ["harness.json", "policy/stage6.policy.json", "trust/keys.json"];
const all = (): string[] => [...FILES, `plans/${sample.planId}.json`];

it("reads a sound root without findings", async () => {
  const view = await readHarnessRoot(root, "2026-01-02T00:00:00.000Z");
  expect(view.findings).toEqual([]);
  expect(view.plans.map(({ id }) => id)).toEqual([sample.planId]);
  expect(view.trusted?.has(testKeys().runner.keyid)).toBe(true);
  expect(view.harness?.lanes.case.enabledByDefault).toBe(false);
  expect(view.policy?.digest).toBe(sample.plan.policyDigest);
});

it("sorts plans by creation time, the newest last", async () => {
  for (const createdAt of ["2025-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]) {
    const plan = { ...sample.plan, createdAt };
    const bytes = writeStrictBytes(plan);
    await writeDocument(root, `plans/${digestHex(sha256(bytes)).slice(0, 16)}.json`, plan);
  }
  const { plans, findings } = await readHarnessRoot(root, "2026-01-02T00:00:00.000Z");
  expect(findings).toEqual([]);
  expect(plans.map(({ plan }) => plan.createdAt.slice(0, 4))).toEqual(["2025", "2026", "2027"]);
});

describe("each document", () => {
  it("is missed when it is gone", async () => {
    for (const path of FILES) await rm(join(root, path));
    expect(await faults()).toEqual(FILES.map((path) => `ARTIFACT_MISSING document ${path}`));
    await rm(join(root, "policy"), { recursive: true });
    expect(await faults()).toContain("ARTIFACT_MISSING document policy/stage6.policy.json");
  });

  it("is refused when truncated, and no byte of it is quoted", async () => {
    for (const path of all()) await truncate(join(root, path), 40);
    const { findings } = await readHarnessRoot(root, "2026-01-02T00:00:00.000Z");
    for (const path of all())
      expect(findings).toContainEqual({
        code: "BYTES_NOT_CANONICAL",
        rule: "not-json",
        file: path,
        expected: "canonical JSON",
      });
  });

  it("is refused unread when huge", async () => {
    for (const path of all()) await truncate(join(root, path), 700 * 1024 * 1024);
    expect(await faults()).toEqual(all().map((path) => `INPUT_TOO_LARGE document ${path}`));
  });

  it("is refused by its version when it comes from the future", async () => {
    for (const path of FILES)
      await writeDocument(root, path, {
        ...JSON.parse(await readFile(join(root, path), "utf8")),
        schemaVersion: "2.0",
      });
    expect(await faults()).toEqual(FILES.map((path) => `SCHEMA_VERSION major ${path}`));
    await writeDocument(root, all()[3]!, { ...sample.plan, schemaVersion: "2.0" });
    expect(await faults()).toEqual(
      expect.arrayContaining([`SCHEMA_VERSION major ${all()[3]}`, `DIGEST_MISMATCH plan-id ${all()[3]}`]),
    );
  });

  it("is never a FIFO, and nobody waits for one", async () => {
    for (const path of all()) {
      await rm(join(root, path));
      makeFifo(join(root, path));
    }
    expect((await faults()).toSorted()).toEqual(
      all()
        .map((path) => `NOT_A_FILE fifo ${path}`)
        .toSorted(),
    );
  });

  it("is never a link, nor below one", async () => {
    for (const path of all()) {
      await rename(join(root, path), join(root, "moved.json"));
      await symlink(join(root, "moved.json"), join(root, path));
      expect(await faults()).toContain(`NOT_A_FILE link ${path}`);
      await rm(join(root, path));
      await rename(join(root, "moved.json"), join(root, path));
    }
    for (const folder of ["policy", "trust", "plans"]) {
      await rename(join(root, folder), join(root, "moved"));
      await symlink("moved", join(root, folder));
      expect(await faults()).toContain(`NOT_A_FILE link ${folder}`);
      await rm(join(root, folder));
      await rename(join(root, "moved"), join(root, folder));
    }
  });

  it("is never a folder", async () => {
    for (const path of all()) {
      await rm(join(root, path));
      await mkdir(join(root, path));
    }
    expect((await faults()).toSorted()).toEqual(
      all()
        .map((path) => `NOT_A_FILE folder ${path}`)
        .toSorted(),
    );
  });
});

describe("the root folder", () => {
  it("holds no FIFO, link or socket", async () => {
    makeFifo(join(root, "pipe"));
    await symlink("/etc", join(root, "etc"));
    const server = createServer().listen(join(root, "socket"));
    try {
      expect(await faults()).toEqual([
        "NOT_A_FILE link etc",
        "NOT_A_FILE fifo pipe",
        "NOT_A_FILE socket socket",
      ]);
    } finally {
      server.close();
    }
  });

  it("holds plans under their own names only", async () => {
    await writeFile(join(root, "plans", "notes.txt"), "");
    await writeDocument(root, "plans/0123456789abcdef.json", sample.plan);
    expect(await faults()).toEqual([
      "ARTIFACT_EXTRA plan-name plans/notes.txt",
      "DIGEST_MISMATCH plan-id plans/0123456789abcdef.json",
    ]);
  });

  it("holds no plan with more trials than can be read", async () => {
    const fixtures = Array.from({ length: 200 }, (_, index) => ({
      ...sample.plan.fixtures[0]!,
      id: `f${index}`,
    }));
    const plan = { ...sample.plan, trialsPerCell: 999, fixtures };
    const id = digestHex(sha256(writeStrictBytes(plan))).slice(0, 16);
    await writeDocument(root, `plans/${id}.json`, plan);
    expect(await faults()).toEqual([`INPUT_TOO_LARGE trials plans/${id}.json`]);
  });
});

describe("harness.json", () => {
  it("cannot switch a lane on by default", async () => {
    const config = defaultHarnessConfig("sample");
    await writeDocument(root, "harness.json", {
      ...config,
      lanes: { ...config.lanes, case: { ...config.lanes.case, enabledByDefault: true } },
    });
    expect(await faults()).toEqual(["DEFAULT_SWITCH_FORBIDDEN default-switch harness.json"]);
    expect((await readHarnessRoot(root, "2026-01-02T00:00:00.000Z")).harness).toBeNull();
  });

  it("cannot leave a lane out", async () => {
    const { lanes, ...config } = defaultHarnessConfig("sample");
    const { pi: _, ...others } = lanes;
    await writeDocument(root, "harness.json", { ...config, lanes: others });
    expect(await faults()).toContain("LANE_REGISTRY_INCOMPLETE lanes harness.json");
  });
});

it("refuses a policy below the floors", async () => {
  const policy = JSON.parse(await readFile(join(root, "policy/stage6.policy.json"), "utf8"));
  await writeDocument(root, "policy/stage6.policy.json", { ...policy, minRealLanes: 0 });
  expect(await faults()).toEqual(["POLICY_WEAKENED floor policy/stage6.policy.json"]);
  expect((await readHarnessRoot(root, "2026-01-02T00:00:00.000Z")).policy).toBeNull();
});

describe("trust/keys.json", () => {
  const { runner, stranger } = testKeys();
  const [key] = sampleKeys().keys;
  const write = (keys: readonly unknown[]): Promise<void> =>
    writeDocument(root, "trust/keys.json", { schemaVersion: "1.0", keys });

  it("calls each key by its own id", async () => {
    await write([{ ...key, keyId: stranger.keyid }]);
    expect(await faults()).toEqual(["TRUST_ROOT_UNSAFE key-id trust/keys.json"]);
    expect((await readHarnessRoot(root, "2026-01-02T00:00:00.000Z")).trusted).toBeNull();
  });

  it("gives a key one role only", async () => {
    await write([key, { ...key, role: "operator" }]);
    expect(await faults()).toEqual(["TRUST_ROOT_UNSAFE one-role trust/keys.json"]);
  });

  it("holds Ed25519 keys only", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await write([
      { ...key, keyId: keyId(publicKey), publicKey: publicKey.export({ type: "spki", format: "pem" }) },
    ]);
    expect(await faults()).toEqual(["TRUST_ROOT_UNSAFE key trust/keys.json"]);
  });

  it("holds no private key", async () => {
    await write([{ ...key, publicKey: runner.privatePem }]);
    expect(await faults()).toEqual(["SCHEMA_INVALID schema trust/keys.json"]);
  });

  it("trusts runner keys alone to sign bundles", async () => {
    await write([
      { ...key, role: "comparator" },
      { ...key, keyId: stranger.keyid, publicKey: stranger.publicPem },
    ]);
    expect(
      [...((await readHarnessRoot(root, "2026-01-02T00:00:00.000Z")).trusted ?? [])].map(([id]) => id),
    ).toEqual([stranger.keyid]);
  });
});
