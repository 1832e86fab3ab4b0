import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { sealPlan } from "./make-plan.ts";
import { runPlan } from "./run-plan.ts";
import { runTrial } from "./run-trial.ts";
import type { TrialSpec } from "./trial-spec.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, planFor, readSealed, runInput, specFor } from "./testing/trial-root.ts";

let folder: string;
let root: string;

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder, { script: { steps: [{ do: "say", text: "Done." }] } });
});
afterEach(() => removeTempFolder(folder));

const KEY = "sk-operator-0123456789abcdef";

/** What every backend of these tests can do: ask a gateway. Its own is in `URL_OF_MODEL`. */
const ASK = `
const own = process.env.URL_OF_MODEL;
const ask = (url, body) => fetch(url + "/v1/chat/completions", { method: "POST", body: JSON.stringify(body) })
  .then(async (answer) => answer.status + " " + (await answer.text()), (error) => "0 " + error.cause?.code);
const honest = () => ask(own, { model: "model-1", messages: [{ role: "user", content: "hi" }] });
const end = () => { fs.writeFileSync("src/value.txt", "new\\n"); done(); };
`;

const lane = (script: string, id = "stub") =>
  stubLane(folder, `${ASK}\n${script}`, {
    id,
    modelClass: "model",
    plan: ({ path, home, tmp, gatewayUrl, backend }) => ({
      env: { PATH: path, HOME: home, TMPDIR: tmp, URL_OF_MODEL: gatewayUrl ?? "" },
      // A lane that puts the address where every user can read it: evidence does not show the token all the same.
      argv: [backend.executable, ...backend.args, `--url=${gatewayUrl ?? ""}`],
    }),
  });

const run = async (script: string, change: Partial<TrialSpec> = {}) => {
  const spec = await specFor(root, lane(script), {}, change);
  const end = await runTrial(spec);
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const sealed = await readSealed(root, spec.trial);
  expect(sealed.findings).toEqual([]);
  return { ...sealed, report: end.report };
};

/** An endpoint with a model of its own for requests that name none; it echoes the key it was given. */
const liveSpec = async (): Promise<{ readonly change: Partial<TrialSpec>; readonly used: string[] }> => {
  const used: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const named = /"model":"([^"]*)"/.exec(Buffer.concat(chunks).toString("utf8"))?.[1];
      used.push(named ?? "expensive-default");
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ model: named, choices: [], echo: request.headers.authorization }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    used,
    change: {
      model: { class: "live", provider: "loopback", id: "model-1" },
      endpoint: {
        url: `http://127.0.0.1:${port}`,
        apiKey: { header: "authorization", value: `Bearer ${KEY}` },
      },
    },
  };
};

describe("a trial whose backend does not ask the planned model clearly", () => {
  it.each([
    ["names no model", "{ messages: [] }"],
    ["names a list of models", '{ model: ["model-1"], messages: [] }'],
    ["names another case of the key", '{ model: "model-1", Model: "expensive-9", messages: [] }'],
    ["names another model", '{ model: "expensive-9", messages: [] }'],
  ])("is a MODEL_MISMATCH: %s", async (_what, body) => {
    const { change, used } = await liveSpec();
    const { report, events } = await run(
      `await honest(); say((await ask(own, ${body})).slice(0, 3)); await honest(); end();`,
      change,
    );
    expect([report.closure.class, used]).toEqual(["MODEL_MISMATCH", ["model-1", "model-1"]]);
    expect(events).toContain('"text":"400"');
  });

  it("R20: a request that does not ask the planned model clearly reaches no model (MODEL_MISMATCH)", async () => {
    const { change, used } = await liveSpec();
    const { report } = await run(
      `await honest();
      for (let round = 0; round < 3; round += 1) await ask(own, { messages: [] });
      end();`,
      change,
    );
    expect(report.closure.class).toBe("MODEL_MISMATCH");
    expect(used).toEqual(["model-1"]);
    expect(report.model).toMatchObject({ observed: ["model-1"], requests: 4 });
  });

  it("is a PROVIDER_TOOL when it asks for models to fall back on, and its request reaches no model", async () => {
    const { change, used } = await liveSpec();
    const { report } = await run(
      'await ask(own, { model: "model-1", models: ["expensive-9"], messages: [] }); end();',
      change,
    );
    expect([report.closure.class, used]).toEqual(["PROVIDER_TOOL", []]);
  });
});

describe("the operator's key and the trial's token", () => {
  it("R20: the operator's key reaches no agent by an answer that echoes it, and the trial's token no file of the bundle", async () => {
    const { change } = await liveSpec();
    const {
      report,
      folder: bundle,
      events,
      observation,
    } = await run(
      `const answer = await honest();
      say(answer); say(own); console.error(own, Buffer.from(own).toString("base64"));
      fs.writeFileSync("src/url.txt", own); end();`,
      change,
    );
    expect(report.closure.class).toBe("NONE");
    expect(observation?.secrets.hits).toEqual([]);
    expect(events).toMatch(/Bearer \*+|\*{30,}/);
    const token = /http:\/\/127\.0\.0\.1:\d+\/([^"\\/]+)/.exec(events)?.[1];
    expect(token).toBe("*".repeat(32));
    const files = readdirSync(bundle, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const text = readFileSync(join(file.parentPath, file.name), "latin1");
      expect(text).not.toContain(KEY);
      expect(text.match(/127\.0\.0\.1:\d+\/[A-Za-z0-9_-]{22,}/g) ?? []).toEqual([]);
    }
    expect(readFileSync(join(bundle, "artifacts", "stderr.raw"), "utf8")).toContain("*".repeat(32));
  });
});

describe("the gateways of two trials", () => {
  it("R20: two gateways at once answer no other trial's backend, and what it tries is in no other trial's evidence", async () => {
    const meets = join(folder, "framed");
    const victim = lane(
      `await honest(); await appears(${JSON.stringify(meets)}); say((await honest()).slice(0, 3)); end();`,
      "baseline",
    );
    const hostile = lane(`
      import { connect } from "node:net";
      const mine = Number(new URL(own).port);
      const open = () => [...new Set(fs.readFileSync("/proc/net/tcp", "utf8").split("\\n").slice(1)
        .map((line) => line.trim().split(/\\s+/))
        .filter((column) => column[3] === "0A" && column[1].startsWith("0100007F"))
        .map((column) => parseInt(column[1].split(":")[1], 16)))].filter((port) => port !== mine);
      const raw = (port, text) => new Promise((go) => {
        let got = "";
        const socket = connect(port, "127.0.0.1", () => socket.write(text));
        socket.on("data", (chunk) => { got += chunk; });
        socket.on("error", () => go(""));
        socket.on("close", () => go(got.slice(9, 12)));
        setTimeout(() => socket.destroy(), 1500);
      });
      await wait(1500);
      const token = new URL(own).pathname;
      const heard = new Set();
      await Promise.all(open().map(async (port) => {
        const there = "http://127.0.0.1:" + port;
        const body = { model: "framed", messages: [], web_search_options: {} };
        for (const url of [there, there + token]) heard.add((await ask(url, body)).slice(0, 3));
        heard.add(await raw(port, "PUT http://api.github.com/repos/o/r/pulls/1/merge HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"));
        heard.add(await raw(port, "CONNECT api.github.com:443 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"));
      }));
      say([...heard].sort().join(" "));
      fs.writeFileSync(${JSON.stringify(meets)}, "");
      end();`);
    const lanes = [victim, hostile];
    const plan = await planFor(root, lanes, { modelRequests: 2 });
    await runPlan(await runInput(root, plan, lanes, { concurrency: 2 }));
    const { id } = sealPlan(plan);
    const of = (name: string) => readSealed(root, { planId: id, lane: name, fixture: "renew", number: 1 });
    const baseline = await of("baseline");
    expect(baseline.report?.model).toMatchObject({ observed: ["model-1"], requests: 2 });
    expect(baseline.report).toMatchObject({ closure: { class: "NONE" }, boundary: { attempted: [] } });
    expect(baseline.events).toContain('"text":"200"');
    const log = readFileSync(join(baseline.folder, "artifacts", "model-log.jsonl"), "utf8");
    expect(log.trimEnd().split("\n")).toHaveLength(2);
    const stub = await of("stub");
    // It did reach the other gateway: 401 and 407 are the gateway's words.
    expect(stub.events).toMatch(/"text":"[^"]*401[^"]*407/);
  });
});
