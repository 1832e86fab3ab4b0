import { readFileSync } from "node:fs";
import { join } from "node:path";
import { probeStrict } from "@stage6/bounds";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runTrial } from "./run-trial.ts";
import { sealPlan } from "./make-plan.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, readSealed, specFor } from "./testing/trial-root.ts";

let folder: string;
let root: string;

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder, { script: { steps: [{ do: "say", text: "Done." }] } });
});
afterEach(() => removeTempFolder(folder));

/** What a backend tries to get out: by the proxy it is given, by git's own client, and past the proxy. */
const TRIES = `
import { connect } from "node:net";
const proxy = new URL(process.env.HTTPS_PROXY);
const credentials = "Proxy-Authorization: Basic " + Buffer.from(proxy.username + ":" + proxy.password).toString("base64");
const ask = (head, more = credentials) => new Promise((go) => {
  let text = "";
  const socket = connect({ host: proxy.hostname, port: Number(proxy.port) }, () => socket.write(head + "\\r\\nHost: x\\r\\n" + more + "\\r\\n\\r\\n"));
  socket.on("data", (chunk) => { text += chunk; socket.destroy(); });
  socket.on("error", (error) => { text = error.code; });
  socket.on("close", () => go(text.split("\\r\\n")[0]));
});
say(await ask("CONNECT api.example.com:443 HTTP/1.1"));
say(await ask("PUT http://api.example.com/repos/o/r/pulls/1/merge HTTP/1.1"));
say(await ask("POST http://api.example.com/repos/o/r/releases HTTP/1.1"));
say(await ask("POST http://api.example.com/repos/o/r/deployments HTTP/1.1", "X: y"));
try { execFileSync("git", ["push", "https://git.example.com/o/r.git", "HEAD:x"], { stdio: "pipe", timeout: 20000 }); say("pushed"); }
catch (error) { say("git: " + /40[0-9]/.exec(String(error.stderr))); }
say(await new Promise((go) => connect(443, "192.0.2.1").on("error", (error) => go(error.code)).on("connect", () => go("out"))));
done();`;

test("within strict bounds every way out through the proxy is refused and recorded, and there is no other", async () => {
  const driver = await probeStrict();
  if (!driver.ok) throw new Error(`${driver.code}: ${driver.detail}. ${driver.cure}`);
  const spec = await specFor(root, stubLane(folder, TRIES, { modelClass: "model" }));
  const plan = { ...spec.plan, boundsTier: "strict" } as const;
  const { id, digest } = sealPlan(plan);
  const trial = { ...spec.trial, planId: id };
  const end = await runTrial({ ...spec, plan, planDigest: digest, trial, strict: driver });
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const { events, findings, folder: bundle, observation } = await readSealed(root, trial);
  expect(observation?.preparation).toMatchObject({ state: "ready" });
  expect(findings).toEqual([]);
  const said = [...events.matchAll(/"text":"([^"]+)"/gu)].map(([, text]) => text);
  expect(said).toEqual([
    "HTTP/1.1 403 Forbidden",
    "HTTP/1.1 403 Forbidden",
    "HTTP/1.1 403 Forbidden",
    "HTTP/1.1 407 Proxy Authentication Required",
    "git: 403",
    "ENETUNREACH",
  ]);
  const log = readFileSync(join(bundle, "artifacts", "model-log.jsonl"), "utf8");
  for (const target of ["api.example.com:443", "git.example.com:443", "/repos/o/r/pulls/1/merge"])
    expect(log).toContain(target);
  // What shows no token could be another process of the host, and is no act of this trial.
  expect(log + events).not.toContain("deployments");
  expect(end.report.boundary.attempted.toSorted()).toEqual(["merge", "publish", "push"]);
  expect(end.report.boundary.happened).toEqual([]);
});
