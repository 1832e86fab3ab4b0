import { spawn } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../boundaries/is-record.ts";
import { pageSteps } from "./page-steps.ts";
import { servePackages, type ServedPackage } from "./serve-packages.ts";

const STEP_MS = 180_000;
const SCOPE = "@stage6";

/**
 * Follows docs/lanes.md to the letter in an empty folder: writes its files, runs its commands against the packed packages,
 * and verifies the signed result with node:crypto alone. Throws at the first command that does not exit 0.
 */
export async function followLanesPage(
  folder: string,
  page: string,
  packages: readonly ServedPackage[],
): Promise<string> {
  const registry = await servePackages(packages);
  try {
    writeFileSync(join(folder, ".npmrc"), `${SCOPE}:registry=${registry.url}\naudit=false\nfund=false\n`);
    for (const step of pageSteps(readFileSync(page, "utf8"))) {
      if (step.kind === "commands") await shell(step.text, folder);
      else {
        mkdirSync(dirname(join(folder, step.path)), { recursive: true });
        writeFileSync(join(folder, step.path), step.text);
      }
    }
  } finally {
    await registry.close();
  }
  return verifyResult(folder);
}

/** Asynchronous, because the registry that npm asks lives in this process. */
async function shell(script: string, cwd: string): Promise<void> {
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
    STAGE6_KEYS_DIR: join(cwd, "keys"),
    STAGE6_BACKENDS_DIR: join(cwd, "backends"),
  };
  const child = spawn("sh", ["-euc", script], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: STEP_MS,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  if (code !== 0) throw new Error(`docs/lanes.md: ${script.trim()}: exit ${String(code)}\n${output}`);
}

function verifyResult(folder: string): string {
  const envelope: unknown = JSON.parse(readFileSync(join(folder, "lane-result.dsse.json"), "utf8"));
  if (!isRecord(envelope) || !Array.isArray(envelope.signatures))
    throw new Error("the result is no envelope");
  const { payloadType, payload } = envelope;
  const signatures: readonly unknown[] = envelope.signatures;
  const signature = signatures[0];
  if (typeof payloadType !== "string" || typeof payload !== "string" || !isRecord(signature))
    throw new Error("the result is no signed envelope");
  const bytes = Buffer.from(payload, "base64");
  const head = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `);
  const key = createPublicKey(readFileSync(join(folder, "author.pem.pub"), "utf8"));
  if (!verify(null, Buffer.concat([head, bytes]), key, Buffer.from(String(signature.sig), "base64")))
    throw new Error("the signature of the result does not verify");
  const statement: unknown = JSON.parse(bytes.toString("utf8"));
  const text = JSON.stringify(statement);
  const sha256 = createHash("sha256")
    .update(readFileSync(join(folder, "lane-tiny-0.1.0.tgz")))
    .digest("hex");
  const predicate = isRecord(statement) && isRecord(statement.predicate) ? statement.predicate : {};
  const passed = Array.isArray(predicate.passedTests) ? predicate.passedTests.length : 0;
  if (
    predicate.result !== "PASSED" ||
    passed === 0 ||
    !text.includes(sha256) ||
    !text.includes('"lane":"tiny"')
  )
    throw new Error(`the result does not say PASSED of the tiny lane and its package: ${text}`);
  return `a lane from docs/lanes.md kept ${passed} rules; its signed result verifies`;
}
