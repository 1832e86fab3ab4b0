import { Type as LegacyType, type Static as LegacyStatic } from "@sinclair/typebox";
import type { Manifest as ManifestType } from "@stage6/evidence-interface";
import { readBundle } from "@stage6/evidence-interface/fs";
import {
  sampleSelfTest,
  sampleTrial,
  sealFiles,
  testKeys,
  writeSampleLog,
} from "@stage6/evidence-interface/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Compile } from "typebox/schema";
import { describe, expect, it } from "vitest";
import { generatedDocument } from "./generated-document.ts";
import { legacyCheck } from "./legacy-twin.ts";
import { SCHEMAS } from "./registry.ts";

const folder = fileURLToPath(new URL("../../docs/schemas", import.meta.url));
const text = (name: string) => readFileSync(join(folder, `${name}.v1.schema.json`), "utf8");
const published = (name: string): Record<string, unknown> => {
  const schema: Record<string, unknown> = JSON.parse(text(name));
  return schema;
};
const ajv = new Ajv2020({ strict: true, allErrors: false, validateFormats: false });

/** A host on `@sinclair/typebox` 0.34: the published file gives it the type, Ajv gives it the check. */
const legacy = (name: string) => {
  const schema = LegacyType.Unsafe<ManifestType>(published(name));
  const check = new Ajv2020({ strict: true }).compile(JSON.parse(JSON.stringify(schema)));
  return { schema, check: (value: unknown) => check(value) };
};

/** The readers of one document: typebox 1.x, Ajv, `@sinclair/typebox` 0.34 on its own types, and a 0.34 host that checks with Ajv. */
const readers = (name: string) => {
  const typebox = Compile(SCHEMAS[name] ?? {});
  const strict = ajv.getSchema(`https://stage6.invalid/schema/${name}/v1`) ?? ajv.compile(published(name));
  const host = legacy(name);
  const old = legacyCheck(published(name));
  return (value: unknown): readonly boolean[] => [
    typebox.Check(value),
    Boolean(strict(value)),
    old(value),
    host.check(value),
  ];
};

const files = sealFiles(sampleTrial({ lane: "codex" }));
const json = (path: string): unknown =>
  JSON.parse(Buffer.from(files.get(path) ?? Buffer.of()).toString("utf8"));
const envelope = json("bundle.dsse.json") as { payload: string };
const digest = `sha256:${"0".repeat(64)}`;
const limits = { totalMs: 1, idleMs: 1, outputBytes: 1, lineBytes: 1, modelRequests: 1, oracleMs: 1 };
const script = {
  steps: [
    { do: "shell", command: "npm test" },
    { do: "fault-status", status: 429, retryAfterSeconds: 1 },
    { do: "say", text: "Done." },
  ],
  answerDelayMs: 0,
};
const model = { class: "scripted", provider: "scripted", id: "scripted-1" };

/** Golden documents by schema name. */
const GOLDEN: Readonly<Record<string, readonly unknown[]>> = {
  "bounds-self-test": [sampleSelfTest(), sampleSelfTest({ namespaces: null, before: null, after: [] })],
  "bundle-statement": [JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8"))],
  "dsse-envelope": [envelope],
  manifest: [json("manifest.json")],
  report: [json("report.json")],
  observation: [json("artifacts/observation.json")],
  event: writeSampleLog(sampleTrial({ lane: "codex" }).events)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line)),
  script: [script],
  fixture: [
    {
      schemaVersion: "1.0",
      id: "fix-failing-test",
      title: "Fix it",
      repository: { bundle: "repo.bundle", baseCommit: "a".repeat(40), baseTree: "b".repeat(40) },
      task: { file: "task.md", sha256: digest },
      allowedPaths: ["src/**"],
      expects: "change",
      oracle: { argv: ["node", "--test"], files: [{ path: "test/a.test.js", sha256: digest }] },
      script,
    },
  ],
  ownership: [
    {
      schemaVersion: "1.0",
      fixture: "shop",
      owner: "the operator",
      class: "owned-noncritical",
      consent: { statement: "Copies may be changed.", date: "2026-01-01" },
      allowedPaths: ["src/**"],
      repository: { rootCommits: ["a".repeat(40)], baseCommit: "b".repeat(40), origin: null },
    },
  ],
  "trial-plan": [
    {
      schemaVersion: "1.0",
      createdAt: "2026-01-01T00:00:00.000Z",
      harness: { name: "stage6", version: "1.0.0" },
      candidate: "codex",
      evidenceClass: "scripted",
      modelClass: "scripted",
      policyDigest: digest,
      boundsTier: "default",
      limits,
      trialsPerCell: 2,
      lanes: [
        {
          lane: "codex",
          state: "planned",
          adapterVersion: "1.0.0",
          backendVersion: "1",
          backendSha256: digest,
          model,
          reason: null,
        },
        {
          lane: "pi",
          state: "blocked",
          adapterVersion: null,
          backendVersion: null,
          backendSha256: null,
          model: null,
          reason: { code: "BACKEND_MISSING", detail: "", remedy: "" },
        },
      ],
      bounds: { requested: "auto", reason: "no strict bounds" },
      fixtures: [{ id: "fix-failing-test", digest, taskDigest: digest, baseCommit: "a".repeat(40) }],
    },
  ],
};

/** Values a mutation puts in: of every JSON type, near the bounds that schemas have. */
const strange = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  "",
  "x",
  "x".repeat(5000),
  "\u{1f600}",
  digest,
  "2.0",
  [],
  {},
  [null],
  { a: 1 },
);

/** Puts `value` at the place that `path` picks, or adds or removes a key there. */
function mutate(
  document: unknown,
  path: readonly number[],
  action: "replace" | "add" | "remove",
  value: unknown,
): unknown {
  if (typeof document !== "object" || document === null) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(document) ? [...document] : { ...document };
  const keys = Object.keys(copy);
  const [first = 0, ...rest] = path;
  const key = keys[first % Math.max(1, keys.length)];
  if (action === "add" && (rest.length === 0 || key === undefined))
    return Array.isArray(copy) ? [...copy, value] : { ...copy, unknownKey: value };
  if (key === undefined) return value;
  if (action === "remove" && rest.length === 0) {
    return Array.isArray(copy)
      ? copy.filter((_, index) => String(index) !== key)
      : Object.fromEntries(Object.entries(copy).filter(([name]) => name !== key));
  }
  const entries = copy as Record<string, unknown>;
  entries[key] = rest.length === 0 ? value : mutate(entries[key], rest, action, value);
  return copy;
}

describe("published schemas", () => {
  it("are these, with their ids", () => {
    expect(readdirSync(folder).toSorted()).toEqual(
      Object.keys(SCHEMAS)
        .map((name) => `${name}.v1.schema.json`)
        .toSorted(),
    );
    for (const name of Object.keys(SCHEMAS)) {
      expect(published(name)).toMatchObject({
        $schema: "https://json-schema.org/draft/2020-12/schema",
        $id: `https://stage6.invalid/schema/${name}/v1`,
      });
    }
  });

  it("hold no key of the library, no format and no pattern outside ASCII", () => {
    for (const name of Object.keys(SCHEMAS)) {
      expect(text(name)).not.toContain('"~');
      expect(text(name)).not.toContain('"format"');
      for (const [, pattern] of text(name).matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g))
        expect(pattern).toMatch(/^[\x20-\x7e]*$/);
    }
  });

  it.each(Object.keys(SCHEMAS))("compile %s in Ajv 2020 strict", (name) => {
    expect(() => readers(name)).not.toThrow();
  });

  it.each(Object.keys(GOLDEN))(
    "accept golden %s documents in typebox, in Ajv and from a 0.34 host",
    (name) => {
      const read = readers(name);
      for (const document of GOLDEN[name] ?? []) expect(read(document)).toEqual([true, true, true, true]);
    },
  );

  it.each(Object.keys(GOLDEN))(
    "are judged alike for mutated %s documents in typebox, in Ajv and from a 0.34 host",
    (name) => {
      const read = readers(name);
      const verdicts = new Set<boolean>();
      fc.assert(
        fc.property(
          fc.constantFrom(...(GOLDEN[name] ?? [])),
          fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
          fc.constantFrom("replace" as const, "add" as const, "remove" as const),
          strange,
          (document, path, action, value) => {
            const [typebox, ...others] = read(mutate(document, path, action, value));
            verdicts.add(typebox ?? false);
            expect(others).toEqual([typebox, typebox, typebox]);
          },
        ),
        { numRuns: 300 },
      );
      expect(verdicts).toContain(false);
    },
  );

  it.each(Object.keys(SCHEMAS))(
    "are judged alike for %s documents that are generated from the schema, sound and spoiled",
    (name) => {
      const read = readers(name);
      const verdicts = new Set<boolean>();
      fc.assert(
        fc.property(
          generatedDocument(published(name)),
          fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
          fc.constantFrom("replace" as const, "add" as const, "remove" as const),
          strange,
          (document, path, action, value) => {
            expect(read(document)).toEqual([true, true, true, true]);
            const [typebox, ...others] = read(mutate(document, path, action, value));
            verdicts.add(typebox ?? false);
            expect(others).toEqual([typebox, typebox, typebox]);
          },
        ),
        { numRuns: 100 },
      );
      expect(verdicts).toContain(false);
    },
  );

  it("type a document in a project on @sinclair/typebox 0.34", async () => {
    const { schema } = legacy("manifest");
    const bundle = await readBundle(
      fileURLToPath(
        new URL("../../packages/evidence-interface/fixtures/v1/good/fake-completed", import.meta.url),
      ),
      { trusted: testKeys().trusted },
    );
    const typed: LegacyStatic<typeof schema> | null = bundle.manifest;
    expect(typed?.trial.lane).toBe("fake");
  });
});
