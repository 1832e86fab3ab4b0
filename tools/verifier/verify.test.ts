import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readBundle } from "@stage6/evidence-interface/fs";
import { testKeys } from "@stage6/evidence-interface/testing";
import { afterAll, describe, expect, it } from "vitest";
import { compareVerifiers } from "./compare-verifiers.ts";
import { runVerifier } from "./run-verifier.ts";

const golden = fileURLToPath(new URL("../../packages/evidence-interface/fixtures/v1", import.meta.url));
const key = join(golden, "runner.pub.pem");
const { trusted } = testKeys();
const below = (kind: string, rest = "") =>
  readdirSync(join(golden, kind)).map((name) => join(golden, kind, name, rest));
const temp = mkdtempSync(join(tmpdir(), "stage6-verifier-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

describe("the second verifier", () => {
  it("accepts every good golden bundle and derives the same outcome and closure", async () => {
    const folders = below("good");
    const { exitCode, verdicts } = runVerifier(key, folders);
    expect(exitCode).toBe(0);
    for (const [at, folder] of folders.entries()) {
      const { report } = await readBundle(folder, { trusted });
      expect(verdicts[at]).toMatchObject({
        ok: true,
        codes: [],
        outcome: report?.outcome,
        closure: report?.closure.class,
      });
    }
  });

  it("reads every withheld golden bundle as withheld, never as complete", () => {
    const { exitCode, verdicts } = runVerifier(key, below("withheld"));
    expect(exitCode).toBe(3);
    expect(verdicts.map(({ ok, state, codes }) => [ok, state, ...codes])).toEqual([
      [false, "withheld", "ARTIFACT_MISSING"],
      [false, "withheld", "ARTIFACT_MISSING"],
    ]);
  });

  it("refuses every bad golden bundle with exactly the codes of the first", async () => {
    const folders = below("bad", "bundle");
    const { exitCode, verdicts } = runVerifier(key, folders);
    expect(exitCode).toBe(3);
    for (const [at, folder] of folders.entries()) {
      const { findings } = await readBundle(folder, { trusted });
      const codes = [...new Set(findings.map(({ code }) => code))].toSorted();
      expect([folder, verdicts[at]?.codes]).toEqual([folder, codes]);
    }
  });

  it("agrees with the first on every one of a batch of mutants", () => {
    expect(compareVerifiers(temp, 11, 400)).toEqual({ bundles: 400, agreed: 400, apart: [] });
  });

  it("stays below 500 lines, on the standard library alone", () => {
    const text = readFileSync(new URL("verify.py", import.meta.url), "utf8");
    expect(text.trimEnd().split("\n").length).toBeLessThan(500);
    expect([...text.matchAll(/^(?:import|from) .*$/gm)].map(([line]) => line)).toEqual([
      "import argparse, base64, calendar, decimal, hashlib, json, math, os, pathlib, re, stat, sys, threading",
    ]);
  });
});
