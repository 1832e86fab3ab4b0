import { sampleTrial, testKeys } from "@stage6/evidence-interface/testing";
import { edited, expecting, sealedWith, type BadCase } from "./bad-case.ts";

const MANIFEST = "manifest.json";
const ENVELOPE = "bundle.dsse.json";
const OBSERVATION = "artifacts/observation.json";
const STDOUT = "artifacts/stdout.raw";
const other = { planId: "0123456789abcdef", lane: "fake", fixture: "fix-failing-test", number: 2 };
const zeros = `sha256:${"0".repeat(64)}`;

/** Bundles whose files, manifest or signature do not belong together. */
export function sealCases(): readonly BadCase[] {
  const good = sampleTrial();
  const mismatch = (rule: string, file: string): ReturnType<typeof expecting> =>
    expecting("DIGEST_MISMATCH", rule, file);
  return [
    sealedWith(mismatch("size", STDOUT), {
      files: (files) =>
        files.set(STDOUT, Buffer.concat([files.get(STDOUT) ?? Buffer.of(), Buffer.from("more\n")])),
    }),
    sealedWith(mismatch("sha256", STDOUT), {
      files: (files) => files.set(STDOUT, edited(files.get(STDOUT) ?? Buffer.of(), "Done.", "Gone.")),
    }),
    sealedWith(mismatch("event-count", MANIFEST), {
      manifest: (made) => ({ ...made, events: { ...made.events, count: 1 } }),
    }),
    sealedWith(mismatch("last-checkpoint", MANIFEST), {
      manifest: (made) => ({ ...made, events: { ...made.events, lastCheckpoint: zeros } }),
    }),
    sealedWith(mismatch("segments", MANIFEST), {
      manifest: (made) => ({ ...made, events: { ...made.events, segments: 9 } }),
    }),
    sealedWith(mismatch("merkle-root", MANIFEST), {
      manifest: (made) => ({ ...made, events: { ...made.events, merkleRoot: zeros } }),
    }),
    sealedWith(mismatch("signed-manifest", MANIFEST), {
      statement: (made) => ({ ...made, subject: [{ name: MANIFEST, digest: { sha256: "0".repeat(64) } }] }),
    }),
    sealedWith(expecting("ARTIFACT_MISSING", "document", ENVELOPE), {
      files: (files) => files.delete(ENVELOPE),
    }),
    sealedWith(expecting("ARTIFACT_MISSING", "listed", "artifacts/oracle.log"), {
      files: (files) => files.delete("artifacts/oracle.log"),
    }),
    sealedWith(
      expecting("ARTIFACT_MISSING", "role", MANIFEST),
      {},
      {
        ...good,
        artifacts: new Map([...good.artifacts].filter(([path]) => path !== "artifacts/patch.diff")),
      },
    ),
    sealedWith(expecting("ARTIFACT_EXTRA", "unlisted", "artifacts/extra.txt"), {
      files: (files) => files.set("artifacts/extra.txt", Buffer.from("extra\n")),
    }),
    sealedWith(
      expecting("ARTIFACT_EMPTY", "role", "artifacts/secret-scan.json"),
      {},
      {
        ...good,
        artifacts: new Map([
          ...good.artifacts,
          [
            "artifacts/secret-scan.json",
            { role: "secret-scan", mediaType: "application/json", bytes: Buffer.of() },
          ],
        ]),
      },
    ),
    sealedWith(expecting("PATH_ESCAPE", "manifest-path", MANIFEST), {
      manifest: (made) => ({
        ...made,
        files: [
          { path: "../../outside.txt", role: "lane-files", mediaType: "text/plain", size: 0, sha256: zeros },
          ...made.files,
        ],
      }),
    }),
    sealedWith(expecting("SCHEMA_INVALID", "order", MANIFEST), {
      manifest: (made) => ({ ...made, files: made.files.toReversed() }),
    }),
    sealedWith(
      expecting("SCHEMA_INVALID", "actions", OBSERVATION),
      {},
      { ...good, observation: { ...good.observation, actions: good.observation.actions.toReversed() } },
    ),
    sealedWith(
      expecting("SCHEMA_INVALID", "change-rule", OBSERVATION),
      {},
      {
        ...good,
        observation: {
          ...good.observation,
          workspace: {
            ...good.observation.workspace,
            changes: [{ path: "src/sum.js", kind: "modified", verdict: "violation", rule: null }],
          },
        },
      },
    ),
    sealedWith(expecting("SCHEMA_INVALID", "statement", ENVELOPE), {
      statement: (made) => ({ ...made, predicateType: "https://stage6.invalid/predicate/other/v1" }),
    }),
    sealedWith(expecting("SCHEMA_INVALID", "envelope", ENVELOPE), {
      envelope: (bytes) => edited(bytes, '{"payloadType"', '{"note":"","payloadType"'),
    }),
    sealedWith(
      expecting("REPORT_DIVERGED", "derived", "report.json", "usage-observed"),
      { report: (bytes) => edited(bytes, '"answers":2,"inputTokens":120', '"answers":2,"inputTokens":12') },
      sampleTrial({ lane: "codex", statedUsage: true }),
    ),
    sealedWith(expecting("REPORT_DIVERGED", "derived", "report.json"), {
      report: (bytes) => edited(bytes, '"toolFailures":0', '"toolFailures":1'),
    }),
    sealedWith(
      expecting("OBSERVATION_DIVERGED", "bounds-tier", OBSERVATION),
      {},
      {
        ...good,
        observation: { ...good.observation, bounds: { ...good.observation.bounds, tier: "strict" } },
      },
    ),
    sealedWith(expecting("SIGNATURE_INVALID", "signature", ENVELOPE), {
      envelope: (bytes) => edited(bytes, /"sig":"[A-Za-z0-9+/]{4}/, '"sig":"AAAA'),
    }),
    sealedWith(expecting("SIGNATURE_INVALID", "base64", ENVELOPE), {
      envelope: (bytes) => edited(bytes, /==("\}\]\})$/, "$1"),
    }),
    sealedWith(expecting("SIGNER_UNKNOWN", "keyid", ENVELOPE), { key: testKeys().stranger.privateKey }),
    sealedWith(
      expecting("TRIAL_MISMATCH", "identity", OBSERVATION),
      {},
      { ...good, observation: { ...good.observation, trial: other } },
    ),
    sealedWith(expecting("TRIAL_MISMATCH", "statement", ENVELOPE), {
      statement: (made) => ({ ...made, predicate: { ...made.predicate, trial: other } }),
    }),
    sealedWith(expecting("TRIAL_MISMATCH", "attempt", MANIFEST), {
      manifest: (made) => ({ ...made, attemptId: "00000000-0000-4000-8000-000000000009" }),
    }),
  ];
}
