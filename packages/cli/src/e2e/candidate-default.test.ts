import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  ACCEPTANCE_NAMESPACE,
  judgeDocuments,
  POLICY_NAMESPACE,
  type EligibilityDocuments,
} from "@stage6/eligibility";
import { KEYS, sampleMatrix, sampleObservations } from "@stage6/eligibility/testing";
import { openEnvelope, keyId } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { readGate, validateRoot } from "@stage6/validator";
import { writeGateRoot, type SampleRoot } from "@stage6/validator/testing";
import { createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acceptableProof, acceptanceBytes, acceptanceOf, registerAcceptance } from "../accept-proof.ts";
import { readFounder } from "../founder-pin.ts";
import { recordRoot } from "../record-root.ts";
import { replaceFile } from "../replace-file.ts";
import { sealProof } from "../seal-proof.ts";
import { sshSign } from "../ssh-sign.ts";
import { Sandbox } from "../testing/run-stage6.ts";

const SEALED = "2026-06-05T00:00:00.000Z";
const ACCEPTED = "2026-06-05T01:00:00.000Z";
const RECORDED = "2026-06-05T02:00:00.000Z";

let folder: string;
let sandbox: Sandbox;
let operatorKey: string;
let laneKey: string;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  folder = await mkdtemp(join(tmpdir(), "stage6-gate-"));
  operatorKey = await sshKey("operator");
  laneKey = await sshKey("lane");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await sandbox.remove();
});

async function sshKey(name: string): Promise<string> {
  const file = join(folder, name);
  await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
  return file;
}

/** A root with an operator whose key is a real SSH key, and a policy that ssh-keygen signed. */
async function makeRoot(evidenceClass: "live" | "scripted", namedServer = true): Promise<SampleRoot> {
  const sample = await writeGateRoot(join(await mkdtemp(join(folder, "root-")), "harness"), {
    evidenceClass,
    operators: "none",
    namedServer,
  });
  const words = ["--harness-root", sample.root, "--now", "2026-06-02T00:00:00.000Z"];
  const added = await sandbox.call([...words, "operator", "add", "real", "--key", `${operatorKey}.pub`]);
  expect(added).toMatchObject({ code: 0 });
  const signed = await sandbox.call([...words, "sign-policy", "--operator", "real", "--key", operatorKey]);
  expect(signed).toMatchObject({ code: 0 });
  return sample;
}

/** The documents of a root; the evidence of its matrix is made in memory, where a driver leaves it in files. */
async function documentsOf({ root }: SampleRoot, now: string): Promise<EligibilityDocuments> {
  const founder = await readFounder(join(sandbox.path, "keys"), "sample");
  if (founder === null) throw new Error("nobody founded the root");
  const { documents } = await readGate({ root, now, observations: sampleObservations([]), founder });
  const input = documents?.comparison;
  const report = input?.trials.find(({ lane }) => lane === "codex")?.report;
  if (documents === null || input == null || report == null) throw new Error("the root was not read");
  return { ...documents, matrix: sampleMatrix(input.plan, report) };
}

async function seal(sample: SampleRoot): Promise<void> {
  const sealed = await sealProof(sample.root, await documentsOf(sample, SEALED), SEALED, KEYS.comparator);
  expect(sealed).toMatchObject({ ok: true });
}

async function accept(sample: SampleRoot, key: string, operator = "real") {
  const documents = await documentsOf(sample, ACCEPTED);
  const proof = acceptableProof(documents, ACCEPTED);
  if (!proof.ok) throw new Error(JSON.stringify(proof.checks));
  const document = acceptanceBytes(
    acceptanceOf(
      proof.digest,
      proof.statement,
      `operator:${operator}`,
      "accepted",
      ACCEPTED,
      documents.journal.point,
    ),
  );
  const signature = await sshSign(document, key, ACCEPTANCE_NAMESPACE, process.env);
  return registerAcceptance(
    sample.root,
    documents,
    proof.digest,
    operator,
    { document, signature },
    ACCEPTED,
    testKeys().runner.privateKey,
  );
}
const record = async (sample: SampleRoot) =>
  recordRoot(sample.root, await documentsOf(sample, RECORDED), RECORDED, KEYS.comparator);

describe("from live evidence to a record", () => {
  it("R4, R5, R12, R30, R40, R46, R58: every step taken, it is candidate default, and not a byte of a lane or of the configuration changes", async () => {
    const sample = await makeRoot("live");
    const lane = join(sample.root, "lanes/case/lane.json");
    const before = [await readFile(lane), await readFile(join(sample.root, "harness.json"))];
    expect(await record(sample)).toMatchObject({ ok: false });
    await seal(sample);
    expect(await record(sample)).toMatchObject({ ok: false });
    expect(await accept(sample, operatorKey)).toMatchObject({ ok: true });
    const recorded = await record(sample);
    expect(recorded).toMatchObject({ ok: true, recordType: "candidate-default" });
    if (!recorded.ok) return;
    const key = createPublicKey(KEYS.comparator);
    const opened = openEnvelope(await readFile(recorded.file), new Map([[keyId(key), key]]));
    const text = opened.ok ? Buffer.from(opened.payload).toString("utf8") : "";
    expect(text).toContain('"activation":"none"');
    expect(text).toContain('"enabledByDefault":false');
    expect(text).toContain("candidate only, not active");
    expect([await readFile(lane), await readFile(join(sample.root, "harness.json"))]).toEqual(before);
    const again = judgeDocuments(await documentsOf(sample, RECORDED), { now: RECORDED });
    expect(
      again.checks.filter(({ verdict }) => verdict !== "pass").map(({ id, code }) => [id, code]),
    ).toEqual([]);
    await expect(record(sample)).resolves.toMatchObject({ ok: false });
  }, 240_000);

  it("R5, R19: live evidence of a model on this machine that no policy names gives a rehearsal (MODEL_LOOPBACK)", async () => {
    const sample = await makeRoot("live", false);
    await seal(sample);
    expect(await accept(sample, operatorKey)).toMatchObject({ ok: true });
    const recorded = await record(sample);
    expect(recorded).toMatchObject({
      ok: true,
      recordType: "rehearsal",
      grounds: { evidenceClass: "live", model: { address: "loopback", localServer: null } },
    });
    const { checks } = await validateRoot({ root: sample.root, now: RECORDED });
    expect(checks.find(({ id }) => id === "evidence-class")).toMatchObject({
      verdict: "fail",
      code: "MODEL_LOOPBACK",
    });
  }, 240_000);

  it("R5, R58: scripted evidence gives a rehearsal and nothing else", async () => {
    const sample = await makeRoot("scripted");
    await seal(sample);
    expect(await accept(sample, operatorKey)).toMatchObject({ ok: true });
    expect(await record(sample)).toMatchObject({ ok: true, recordType: "rehearsal" });
  }, 120_000);
});

describe("without the operator's key", () => {
  it("R20, R40: a lane's key is refused in the operator's name (ACCEPTANCE_SIGNATURE or OPERATOR_UNKNOWN)", async () => {
    const sample = await makeRoot("scripted");
    await seal(sample);
    const refused = await accept(sample, laneKey);
    expect(refused).toMatchObject({
      ok: false,
      checks: [{ code: expect.stringMatching(/^(ACCEPTANCE_SIGNATURE|OPERATOR_UNKNOWN)$/) }],
    });
    expect(await record(sample)).toMatchObject({ ok: false });
  }, 120_000);

  it("R12, R40: a policy signature is no acceptance (ACCEPTANCE_SIGNATURE)", async () => {
    const sample = await makeRoot("scripted");
    await seal(sample);
    const documents = await documentsOf(sample, ACCEPTED);
    const proof = acceptableProof(documents, ACCEPTED);
    if (!proof.ok) throw new Error("no proof");
    const document = acceptanceBytes(
      acceptanceOf(
        proof.digest,
        proof.statement,
        "operator:real",
        "accepted",
        ACCEPTED,
        documents.journal.point,
      ),
    );
    const signature = await sshSign(document, operatorKey, POLICY_NAMESPACE, process.env);
    const refused = await registerAcceptance(
      sample.root,
      documents,
      proof.digest,
      "real",
      { document, signature },
      ACCEPTED,
      testKeys().runner.privateKey,
    );
    expect(refused).toMatchObject({ ok: false, checks: [{ code: "ACCEPTANCE_SIGNATURE" }] });
  }, 120_000);

  it("R6: a policy that is signed anew after the proof does not carry it over (POLICY_MISMATCH)", async () => {
    const sample = await makeRoot("scripted");
    await seal(sample);
    const file = join(sample.root, "policy/stage6.policy.json");
    const policy: object = JSON.parse(await readFile(file, "utf8"));
    await replaceFile(
      sample.root,
      file,
      Buffer.from(JSON.stringify({ ...policy, boundsTierFloor: "default", minRealLanes: 2 })),
    );
    const words = ["--harness-root", sample.root, "--now", "2026-06-05T00:30:00.000Z"];
    await sandbox.call([...words, "sign-policy", "--operator", "real", "--key", operatorKey]);
    const { checks } = judgeDocuments(await documentsOf(sample, ACCEPTED), { now: ACCEPTED });
    const proof = checks.find(({ id }) => id === "proof");
    expect(JSON.stringify(proof)).toContain("POLICY_MISMATCH");
  }, 120_000);
});
