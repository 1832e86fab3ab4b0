import { createHash, generateKeyPairSync, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyId, openEnvelope, preAuthEncoding, readEd25519Key, signStatement } from "./dsse.ts";
import { testKeys } from "./testing/index.ts";

const { runner, stranger, trusted } = testKeys();
const statement = { _type: "https://in-toto.io/Statement/v1", subject: [] };
const sealed = signStatement(statement, runner.privateKey);
const parsed: { payload: string; signatures: [{ keyid: string; sig: string }] } = JSON.parse(
  Buffer.from(sealed).toString(),
);
const open = (change: (envelope: typeof parsed) => unknown) => {
  const result = openEnvelope(Buffer.from(JSON.stringify(change(structuredClone(parsed)))), trusted);
  return result.ok ? "ok" : `${result.code}/${result.rule}`;
};

describe("preAuthEncoding", () => {
  it("is the example of the DSSE specification", () => {
    expect(
      Buffer.from(preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world"))).toString(),
    ).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  it("counts bytes, not characters", () => {
    expect(Buffer.from(preAuthEncoding("é", Buffer.of(0xff, 0))).toString("latin1")).toBe(
      "DSSEv1 2 \xc3\xa9 2 \xff\0",
    );
  });
});

describe("signStatement", () => {
  it("signs the DSSE encoding written out by hand, with the key id of the SPKI", () => {
    const payload = JSON.stringify(statement);
    const message = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} ${payload}`);
    expect(Buffer.from(parsed.payload, "base64").toString()).toBe(payload);
    expect(verify(null, message, runner.publicKey, Buffer.from(parsed.signatures[0].sig, "base64"))).toBe(
      true,
    );
    const spki = Buffer.from(runner.publicPem.split("\n").slice(1, -2).join(""), "base64");
    expect(parsed.signatures[0].keyid).toBe(`sha256:${createHash("sha256").update(spki).digest("hex")}`);
    expect(keyId(runner.privateKey)).toBe(runner.keyid);
  });

  it("uses the public test key of RFC 8032's algorithm for a fixed seed", () => {
    expect(runner.publicKey.export({ format: "jwk" }).x).toBe("iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w");
  });
});

describe("openEnvelope", () => {
  it("gives the payload and the signer of a trusted envelope", () => {
    expect(openEnvelope(sealed, trusted)).toEqual({
      ok: true,
      payload: Buffer.from(JSON.stringify(statement)),
      keyid: runner.keyid,
    });
  });

  it("refuses another payload, another signature, another key and an unknown signer", () => {
    expect(open((made) => ({ ...made, payload: Buffer.from("{}").toString("base64") }))).toBe(
      "SIGNATURE_INVALID/signature",
    );
    expect(
      open((made) => ({
        ...made,
        signatures: [{ ...made.signatures[0], sig: Buffer.alloc(64).toString("base64") }],
      })),
    ).toBe("SIGNATURE_INVALID/signature");
    expect(
      open((made) => ({
        ...made,
        signatures: [{ ...made.signatures[0], sig: Buffer.alloc(3).toString("base64") }],
      })),
    ).toBe("SIGNATURE_INVALID/signature");
    expect(
      open((made) => ({ ...made, signatures: [{ ...made.signatures[0], keyid: stranger.keyid }] })),
    ).toBe("SIGNER_UNKNOWN/keyid");
    const foreign = openEnvelope(signStatement(statement, stranger.privateKey), trusted);
    expect(foreign).toMatchObject({ ok: false, code: "SIGNER_UNKNOWN" });
    const posing = openEnvelope(
      signStatement(statement, stranger.privateKey),
      new Map([[stranger.keyid, runner.publicKey]]),
    );
    expect(posing).toMatchObject({ ok: false, code: "SIGNATURE_INVALID" });
  });

  it("refuses no signature, two signatures, another payload type and loose base64", () => {
    expect(open((made) => ({ ...made, signatures: [] }))).toBe("SCHEMA_INVALID/envelope");
    expect(open((made) => ({ ...made, signatures: [made.signatures[0], made.signatures[0]] }))).toBe(
      "SCHEMA_INVALID/envelope",
    );
    expect(open((made) => ({ ...made, payloadType: "application/json" }))).toBe("SCHEMA_INVALID/envelope");
    expect(
      open((made) => ({
        ...made,
        signatures: [{ ...made.signatures[0], sig: made.signatures[0].sig.slice(0, -2) }],
      })),
    ).toBe("SIGNATURE_INVALID/base64");
  });

  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(openEnvelope(bytes, trusted).ok).toBe(false);
      }),
    );
  });
});

describe("readEd25519Key", () => {
  it("reads its own kind and refuses any other", () => {
    expect(readEd25519Key(runner.privatePem, "private").type).toBe("private");
    expect(keyId(readEd25519Key(runner.publicPem, "public"))).toBe(runner.keyid);
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
      .publicKey.export({ type: "spki", format: "pem" })
      .toString();
    expect(() => readEd25519Key(ec, "public")).toThrow(TypeError);
  });
});
