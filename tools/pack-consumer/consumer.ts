// What an outside Harness writes: run the fake lane on a target, read its bundles, compare. Compiled and run against the installed tarballs.
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, DEFAULT_POLICY, renderComparison } from "@stage6/comparator";
import { keyId, sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { fakeLane } from "@stage6/lane-fake";
import * as runner from "@stage6/runner";
import { collectTrials } from "@stage6/validator";

const root = mkdtempSync(join(tmpdir(), "stage6-consumer-"));
mkdirSync(join(root, "files", "src"), { recursive: true });
writeFileSync(join(root, "files", "src", "a.txt"), "old\n");
const base = await runner.seedRepository(join(root, "files"), join(root, "repository"));
const steps = [
  { do: "edit", path: "src/a.txt", oldText: "old", newText: "new" },
  { do: "say", text: "Done." },
] as const;
await runner.addFixture(join(root, "fixtures"), {
  id: "tiny",
  title: "Say new",
  repository: join(root, "repository"),
  base,
  task: "Say new.\n",
  allowedPaths: ["src/**"],
  expects: "change",
  oracle: ["grep", "-q", "new", "src/a.txt"],
  oracleFolder: null,
  script: { steps: [...steps] },
  consent: { owner: "this program", statement: "Made for this program.", date: "2026-01-01" },
});
const probed = await runner.probeLane(fakeLane, { configured: null, backendsDir: join(root, "backends") });
if (probed.state !== "available") throw new Error(probed.detail);
const blocked = ["case", "codex", "pi"].map((id) => ({
  kind: "blocked" as const,
  id,
  code: "NOT_SELECTED" as const,
  detail: "this program runs the fake lane alone",
  remedy: "Add the lane.",
}));
const harness = { name: "consumer", version: "1.0.0" };
const policyDigest = sha256(writeStrictBytes(DEFAULT_POLICY));
const plan = runner.makePlan({
  createdAt: new Date().toISOString(),
  harness,
  candidate: "fake",
  evidenceClass: "scripted",
  model: { class: "scripted", provider: "none", id: "none" },
  policyDigest,
  limits: DEFAULT_POLICY.limits,
  trialsPerCell: 3,
  lanes: [{ kind: "probed", lane: fakeLane, probed }, ...blocked],
  fixtures: [await runner.readFixture(join(root, "fixtures", "tiny"))],
});
const { id, digest } = runner.sealPlan(plan);
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
await runner.runPlan({
  root,
  plan,
  harness,
  lanes: new Map([["fake", { lane: fakeLane, backend: probed.backend, version: probed.version }]]),
  key: privateKey,
  clock: runner.systemClock(),
  endpoint: null,
  concurrency: 2,
  onProgress: () => undefined,
});
const trials = await collectTrials(root, plan, id, new Map([[keyId(publicKey), publicKey]]));
const comparison = compare({
  plan,
  planDigest: digest,
  policy: DEFAULT_POLICY,
  policyDigest,
  trials,
  harness,
});
const fake = comparison.lanes.find(({ lane }) => lane === "fake");
if (fake?.outcomes.completed !== 3 || fake.trials.valid !== 3) throw new Error(renderComparison(comparison));
console.log(`${fake.trials.valid} bundles of the fake lane read back; verdict ${comparison.verdict}`);
rmSync(root, { recursive: true });
