import { execFile } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ProofStatement } from "@stage6/eligibility";
import { KEYS } from "@stage6/eligibility/testing";
import { keyId, openEnvelope, parseStrictBytes, sha256, validateDocument } from "@stage6/evidence-interface";
import { CASE_ADAPTER } from "@stage6/validator";
import { writeGateRoot } from "@stage6/validator/testing";
import { MACHINE_ROLES } from "../role-keys.ts";
import { writeMatrixEvidence } from "./matrix-evidence.ts";
import type { Ran, Sandbox } from "./run-stage6.ts";

const START = Date.parse("2026-06-05T00:00:00.000Z");
/** Evidence that no call of the gate's verbs changes: not copied, since it is large. */
const EVIDENCE = new Set(["runs", "attempts", "matrix"]);
const COMPARATOR = createPublicKey(KEYS.comparator);
const PROGRAM = "#!/bin/sh\nexit 1\n";

/**
 * A harness root on disk, `harness` in the folder of a sandbox, that lacks nothing but the operator's acceptance: live
 * evidence, a closed matrix, Stage 5 evidence, an admission, a founder, a signed policy and a sealed proof, all made by the
 * command line where it has a verb for it. The clock of its calls goes on by a second at each look.
 */
export class CompleteRoot {
  readonly planId: string;
  /** Digest of the proof. */
  readonly proof: string;
  #clock = START;
  readonly #sandbox: Sandbox;

  private constructor(sandbox: Sandbox, planId: string, proof: string) {
    this.#sandbox = sandbox;
    this.planId = planId;
    this.proof = proof;
  }

  /** Makes the root; the operator's key is `operator` in the folder, whose holder founds it. */
  static async make(sandbox: Sandbox): Promise<CompleteRoot> {
    const at = (...path: readonly string[]): string => join(sandbox.path, ...path);
    await writeFile(at("case-program"), PROGRAM, { mode: 0o755 });
    sandbox.env["STAGE6_CASE_BINARY"] = at("case-program");
    const { root, planId, plan } = await writeGateRoot(at("harness"), {
      evidenceClass: "live",
      operators: "none",
      caseBinary: sha256(PROGRAM),
      caseAdapter: CASE_ADAPTER,
    });
    await writeMatrixEvidence(root, plan, "2026-06-02T00:00:00.000Z");
    await writeMachineKeys(at("keys"));
    await makeSshKey(sandbox, "operator");
    const made = new CompleteRoot(sandbox, planId, "");
    const operator = ["--operator", "jp", "--key", "operator"];
    for (const words of [
      ["operator", "add", "jp", "--key", "operator.pub"],
      ["sign-policy", ...operator],
      ["compare", "--seal"],
    ]) {
      const { code, out, err } = await made.call(words);
      if (code !== 0) throw new Error(`${words.join(" ")}: ${out}${err}`);
    }
    const [hex = ""] = await readdir(at("harness/proofs"));
    await made.#copy(at("harness"), at("kept"));
    const whole = new CompleteRoot(sandbox, planId, `sha256:${hex}`);
    whole.#clock = made.#clock;
    return whole;
  }

  /** A call on the root. */
  async call(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return this.#sandbox.call(words, env, () => (this.#clock += 1000));
  }

  /** What the proof states. */
  async statement(): Promise<ProofStatement> {
    const file = join(this.#sandbox.path, "harness/proofs", this.proof.slice(7), "comparison.dsse.json");
    const opened = openEnvelope(await readFile(file), new Map([[keyId(COMPARATOR), COMPARATOR]]));
    const json = opened.ok ? parseStrictBytes(opened.payload) : null;
    const checked = json?.ok === true ? validateDocument(ProofStatement, json.value) : null;
    if (checked?.ok !== true) throw new Error(`${file} holds no proof`);
    return checked.value;
  }

  /** Puts these folders of the root back as they were made; all of them but the evidence when none is named. */
  async putBack(folders: readonly string[] = []): Promise<void> {
    const [root, kept] = [join(this.#sandbox.path, "harness"), join(this.#sandbox.path, "kept")];
    const there = folders.length > 0 ? [...folders, "journal"] : await readdir(root);
    // What this user saw of the journal goes back with it.
    await rm(join(this.#sandbox.path, "keys/sample/journal"), { force: true });
    for (const name of there.filter((one) => !EVIDENCE.has(one)))
      await rm(join(root, name), { recursive: true, force: true });
    if (folders.length === 0) return this.#copy(kept, root);
    for (const name of there) await cp(join(kept, name), join(root, name), { recursive: true });
  }

  async #copy(from: string, to: string): Promise<void> {
    await mkdir(to, { recursive: true });
    for (const name of await readdir(from))
      if (!EVIDENCE.has(name)) await cp(join(from, name), join(to, name), { recursive: true });
  }
}

/** An SSH key pair of this name in the folder of a sandbox. */
export async function makeSshKey({ path }: Sandbox, name: string): Promise<void> {
  await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name], {
    cwd: path,
  });
}

/** Fingerprint of a key of {@link makeSshKey}. */
export async function fingerprintOf({ path }: Sandbox, name: string): Promise<string> {
  const { stdout } = await promisify(execFile)("ssh-keygen", ["-lf", `${name}.pub`], { cwd: path });
  return stdout.split(" ")[1] ?? "";
}

/** The private keys of all machine roles of the root, where its owner keeps them. */
export async function writeMachineKeys(keys: string): Promise<void> {
  await mkdir(join(keys, "sample"), { recursive: true, mode: 0o700 });
  for (const role of MACHINE_ROLES)
    await writeFile(
      join(keys, "sample", `${role}.pem`),
      KEYS[role].export({ type: "pkcs8", format: "pem" }),
      { mode: 0o600 },
    );
}
