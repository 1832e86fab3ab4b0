import { execFileSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { armor, signSsh, sshKeyBlob, sshKeyLine, sshSignatureBlob } from "../testing/sign-ssh.ts";
import { verifySshSignature } from "./verify-sshsig.ts";

const NAMESPACE = "stage6-acceptance@v1";
const MESSAGE = Buffer.from('{"schemaVersion":"1.0","type":"stage6-acceptance"}');
const folder = mkdtempSync(join(tmpdir(), "stage6-sshsig-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A signature by ssh-keygen itself, and the line of its key. */
let real: { readonly signature: Buffer; readonly keyLine: string };

beforeAll(() => {
  const key = join(folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key], { timeout: 30_000 });
  writeFileSync(join(folder, "signed"), MESSAGE);
  execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-f", key, "-n", NAMESPACE, join(folder, "signed")], {
    timeout: 30_000,
    stdio: "pipe",
  });
  real = {
    signature: readFileSync(join(folder, "signed.sig")),
    keyLine: readFileSync(`${key}.pub`, "utf8").split(" ").slice(0, 2).join(" "),
  };
});

interface Attempt {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What `ssh-keygen -Y verify` says of many attempts, in one shell, in order. */
function askSshKeygen(name: string, keyLine: string, attempts: readonly Attempt[]): boolean[] {
  const at = join(folder, name);
  mkdirSync(at);
  const options = `namespaces="${NAMESPACE}",valid-after="20250101Z",valid-before="20350101Z"`;
  writeFileSync(join(at, "allowed"), `operator:jp ${options} ${keyLine}\n`);
  attempts.forEach(({ message, signature }, index) => {
    writeFileSync(join(at, `${index}.msg`), message);
    writeFileSync(join(at, `${index}.sig`), signature);
  });
  const script = `cd "$1"; i=0; while [ $i -lt ${attempts.length} ]; do
    if ssh-keygen -Y verify -f allowed -I operator:jp -n ${NAMESPACE} -Overify-time=20300101Z -s $i.sig < $i.msg > /dev/null 2>&1
    then echo yes; else echo no; fi; i=$((i+1)); done`;
  const out = execFileSync("sh", ["-c", script, "sh", at], { timeout: 300_000, encoding: "utf8" });
  return out
    .trimEnd()
    .split("\n")
    .map((line) => line === "yes");
}

const accepted = ({ message, signature }: Attempt): boolean =>
  verifySshSignature(message, signature, NAMESPACE).ok;
const flip = (bytes: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
};
const every = (length: number, step: number): number[] =>
  Array.from({ length: Math.ceil(length / step) }, (_, at) => at * step);
/** Armor without white space, up to its end. */
const essence = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("latin1")
    .replace(/\s/g, "")
    .replace(/-----ENDSSHSIGNATURE-----.*$/, "");
const inside = (signature: Uint8Array): Buffer =>
  Buffer.from(Buffer.from(signature).toString("latin1").split("\n").slice(1, -2).join(""), "base64");

describe("an SSH signature", () => {
  it("R40: made by ssh-keygen is accepted", () => {
    const verified = verifySshSignature(MESSAGE, real.signature, NAMESPACE);
    expect(verified).toMatchObject({ ok: true, key: { type: "ssh-ed25519" } });
  });

  it("R40: is judged as ssh-keygen judges it, on more than 1,000 mutants", { timeout: 300_000 }, () => {
    const blob = inside(real.signature);
    const lines = real.signature.toString("latin1");
    const attempts: Attempt[] = [
      { message: MESSAGE, signature: real.signature },
      ...every(blob.length * 8, 2).map((bit) => ({ message: MESSAGE, signature: armor(flip(blob, bit)) })),
      ...every(real.signature.length * 8, 9).map((bit) => ({
        message: MESSAGE,
        signature: flip(real.signature, bit),
      })),
      ...every(real.signature.length, 5).map((end) => ({
        message: MESSAGE,
        signature: real.signature.subarray(0, end),
      })),
      ...every(blob.length, 7).map((end) => ({ message: MESSAGE, signature: armor(blob.subarray(0, end)) })),
      ...every(MESSAGE.length * 8, 11).map((bit) => ({
        message: flip(MESSAGE, bit),
        signature: real.signature,
      })),
      ...["\r\n", "\n\n", " \n", "\n "].map((end) => ({ message: MESSAGE, signature: armor(blob, 70, end) })),
      ...[1, 64, 69, 71, 76, 1000].map((columns) => ({ message: MESSAGE, signature: armor(blob, columns) })),
      ...[
        ` ${lines}`,
        `\n${lines}`,
        `${lines}\n`,
        `${lines}x`,
        lines.trimEnd(),
        `${lines}${lines}`,
        lines.toLowerCase(),
      ].map((text) => ({ message: MESSAGE, signature: Buffer.from(text, "latin1") })),
      { message: MESSAGE, signature: armor(Buffer.concat([blob, Buffer.of(0)])) },
      { message: Buffer.concat([MESSAGE, Buffer.from("\n")]), signature: real.signature },
    ];
    expect(attempts.length).toBeGreaterThan(1000);
    const theirs = askSshKeygen("mutants", real.keyLine, attempts);
    const ours = attempts.map(accepted);
    expect(ours[0]).toBe(true);
    // Where they differ, ssh-keygen is the wider one: it reads any white space in the armor and anything after its end, and
    // it takes version 0 for version 1. All of that is refused here.
    const differ = attempts.filter((_, at) => ours[at] !== theirs[at]);
    expect(differ.filter(accepted)).toEqual([]);
    const loose = (signature: Uint8Array): string => essence(signature).replace("AAAAAQ", "AAAAAA");
    expect(differ.filter(({ signature }) => loose(signature) !== loose(real.signature))).toEqual([]);
    expect(differ.length).toBeLessThan(40);
    expect(ours.filter(Boolean)).toHaveLength(1);
  });
});

describe("built signatures", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const sign = (signing: Partial<Parameters<typeof signSsh>[2]> = {}, key: KeyObject = privateKey): Buffer =>
    signSsh(MESSAGE, key, { namespace: NAMESPACE, ...signing });
  const rule = (signature: Uint8Array): string => {
    const verified = verifySshSignature(MESSAGE, signature, NAMESPACE);
    return verified.ok ? "ok" : verified.rule;
  };

  it.each([
    ["ok", "with SHA-256", { hash: "sha256" }],
    ["ok", "with SHA-512", { hash: "sha512" }],
    ["hash", "with another hash", { hash: "sha1" }],
    ["namespace", "for another namespace", { namespace: "stage6-policy@v1" }],
    ["namespace", "for no namespace", { namespace: "" }],
    ["reserved", "with a reserved field that is not empty", { reserved: "x" }],
    ["version", "of another version", { version: 2 }],
    ["ok", "of a touched hardware key", { hardware: { application: "ssh:", flags: 1 } }],
    ["presence", "of a hardware key that nobody touched", { hardware: { application: "ssh:", flags: 0 } }],
  ])("R40: the rule %s decides on a signature %s", (expected, _, signing) => {
    expect(rule(sign(signing))).toBe(expected);
  });

  it("R40: of a hardware key are judged as ssh-keygen judges them", { timeout: 120_000 }, () => {
    const hardware = { application: "ssh:", flags: 1 };
    const blob = sshSignatureBlob(MESSAGE, privateKey, { namespace: NAMESPACE, hardware });
    const attempts = [
      { message: MESSAGE, signature: armor(blob) },
      ...every(blob.length * 8, 13).map((bit) => ({ message: MESSAGE, signature: armor(flip(blob, bit)) })),
    ];
    const theirs = askSshKeygen("hardware", sshKeyLine(privateKey, "ssh:"), attempts);
    expect(attempts.map(accepted)).toEqual(theirs);
    expect(theirs.filter(Boolean)).toHaveLength(1);
  });

  it("R40: of a key of another type, or with a key that is too short, are refused", () => {
    const blob = sshSignatureBlob(MESSAGE, privateKey, { namespace: NAMESPACE });
    const renamed = Buffer.from(blob.toString("latin1").replace("ssh-ed25519", "ssh-ed25518"), "latin1");
    expect(rule(armor(renamed))).toBe("key");
    expect(rule(armor(sshKeyBlob(privateKey)))).toBe("blob");
  });
});
