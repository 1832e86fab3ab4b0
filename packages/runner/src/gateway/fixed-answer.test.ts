import { describe, expect, it, onTestFinished } from "vitest";
import { ask, PATHS } from "./testing/ask.ts";
import { conversation } from "./testing/conversation.ts";
import { openGateway } from "./testing/open-gateway.ts";
import { openUpstream } from "./testing/open-upstream.ts";

const FIXED = [{ name: "stop", text: "stopped" }];

async function open(maxRequests = 100) {
  const upstream = await openUpstream(onTestFinished, (response) => void response.writeHead(200).end("{}"));
  const opened = await openGateway(onTestFinished, {
    upstream: { url: upstream.url },
    fixedAnswers: FIXED,
    faults: () => ({ do: "fault-status", status: 500 }),
    maxRequests,
  });
  return { ...opened, upstream };
}

describe("a fixed answer", () => {
  it("is given to every request below its path, logged, and never asked of a model or spoiled", async () => {
    const { gateway, upstream, of, log } = await open();
    for (const results of [0, 3]) {
      const answer = await ask(`${gateway.url}/fixed/stop${PATHS.chat}`, conversation("chat", results));
      expect(answer).toMatchObject({ status: 200, broken: false });
      expect(answer.text).toContain('"content":"stopped"');
      expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true);
      expect(answer.text).not.toContain("tool_calls");
    }
    expect(upstream.seen).toEqual([]);
    expect(of("requested").map(({ data }) => data.path)).toEqual(
      Array(2).fill(`POST /fixed/stop${PATHS.chat}`),
    );
    expect(of("answered").map(({ data }) => [data.status, data.end])).toEqual(Array(2).fill([200, "local"]));
    expect((await log()).match(/"end":"local"/g)).toHaveLength(2);
  });

  it.each([
    ["under a name that the plan does not know", `/fixed/other${PATHS.chat}`],
    ["in another API", `/fixed/stop${PATHS.responses}`],
    ["by a path that leads nowhere", "/fixed/stop/v1/files"],
    ["by a name with dots", `/fixed/st.op${PATHS.chat}`],
  ])("is refused %s", async (_name, path) => {
    const { gateway, upstream, of } = await open();
    expect((await ask(`${gateway.url}${path}`, conversation("chat", 0))).status).toBe(403);
    expect(of("answered").map(({ data }) => data.end)).toEqual(["refused"]);
    expect(upstream.seen).toEqual([]);
  });

  it("counts as a request of the trial", async () => {
    const { gateway } = await open(1);
    const path = `${gateway.url}/fixed/stop${PATHS.chat}`;
    expect((await ask(path, conversation("chat", 0))).status).toBe(200);
    expect((await ask(path, conversation("chat", 0))).status).toBe(429);
  });
});
