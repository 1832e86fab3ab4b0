import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ANCHOR, sampleSigners, sampleTrust, signerLine } from "../testing/sample-keys.ts";
import { ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE } from "./allowed-signers.ts";
import { checkSshSignature } from "./check-ssh-signature.ts";
import { checkTrustRoot } from "./trust-root.ts";

const folder = mkdtempSync(join(tmpdir(), "stage6-signers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A message signed by ssh-keygen, and the line of its key. */
function signedByOperator(): { readonly message: Buffer; readonly signature: Buffer; readonly key: string } {
  const key = join(folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key], { timeout: 30_000 });
  const message = Buffer.from("a message\n");
  writeFileSync(join(folder, "message"), message);
  execFileSync("ssh-keygen", ["-Y", "sign", "-f", key, "-n", ACCEPTANCE_NAMESPACE, join(folder, "message")], {
    timeout: 30_000,
    stdio: "pipe",
  });
  const line = readFileSync(`${key}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  return { message, signature: readFileSync(join(folder, "message.sig")), key: line };
}

it("R40: windows, principals and namespaces mean what they mean to ssh-keygen", () => {
  const { message, signature, key } = signedByOperator();
  const window = 'valid-after="20260601120000Z",valid-before="20260602120000Z"';
  const options = `namespaces="${ACCEPTANCE_NAMESPACE}",${window}`;
  const allowedSigners = sampleSigners(signerLine({ key, options }));
  const { trust, problems } = checkTrustRoot(sampleTrust({ allowedSigners }), ANCHOR);
  expect(problems).toEqual([]);
  if (trust === null) return;
  writeFileSync(join(folder, "allowed"), allowedSigners.bytes);
  const theirs = (principal: string, namespace: string, time: string): boolean => {
    const at = time.replace(/[-:T]/g, "").replace(/\.\d+Z$/, "Z");
    const args = [
      "-Y",
      "verify",
      "-f",
      "allowed",
      "-I",
      principal,
      "-n",
      namespace,
      `-Overify-time=${at}`,
      "-s",
      "message.sig",
    ];
    return spawnSync("ssh-keygen", args, { cwd: folder, input: message, timeout: 30_000 }).status === 0;
  };
  const ours = (principal: string, namespace: string, time: string): boolean =>
    checkSshSignature(
      {
        file: { path: "message", bytes: message },
        signature: { path: "message.sig", bytes: signature },
        namespace,
        principal,
        signedAt: null,
      },
      trust,
      time,
      "ACCEPTANCE_SIGNATURE",
    ).signer !== null;
  const cases = [
    ["2026-06-01T11:59:59.000Z", false],
    ["2026-06-01T12:00:00.000Z", true],
    ["2026-06-02T00:00:00.000Z", true],
    ["2026-06-02T12:00:00.000Z", true],
    ["2026-06-02T12:00:01.000Z", false],
  ] as const;
  for (const [time, expected] of cases) {
    expect([time, theirs("operator:jp", ACCEPTANCE_NAMESPACE, time)]).toEqual([time, expected]);
    expect([time, ours("operator:jp", ACCEPTANCE_NAMESPACE, time)]).toEqual([time, expected]);
  }
  for (const [principal, namespace] of [
    ["operator:kim", ACCEPTANCE_NAMESPACE],
    ["operator:jp", POLICY_NAMESPACE],
  ] as const) {
    expect(theirs(principal, namespace, "2026-06-02T00:00:00.000Z")).toBe(false);
    expect(ours(principal, namespace, "2026-06-02T00:00:00.000Z")).toBe(false);
  }
});
