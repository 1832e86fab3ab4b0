import type { Usage } from "@stage6/evidence-interface";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerReader } from "./answer-reader.ts";
import type { ModelApi } from "./model-api.ts";
import type { AskedCall } from "./open-calls.ts";

const read = (
  api: ModelApi,
  type: string,
  chunks: readonly Uint8Array[],
  clean = true,
): { calls: AskedCall[]; usages: Usage[]; whole: boolean } => {
  const calls: AskedCall[] = [];
  const usages: Usage[] = [];
  const reader = answerReader(api, type, {
    onAsk: (call) => calls.push(call),
    onUsage: (usage) => usages.push(usage),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { calls, usages, whole: reader.end(clean) };
};

const pieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

const APIS = ["responses", "chat", "messages", "models"] as const;
const MARKERS = {
  responses: 'event: response.completed\ndata: {"type":"response.completed","response":{"output":[]}}\n\n',
  chat: "data: [DONE]\n\n",
  messages: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
};

describe("answerReader", () => {
  it("sees the end marker however the stream is cut, and only when it is there", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("responses", "chat", "messages"),
        fc.integer({ min: 1, max: 90 }),
        fc.boolean(),
        fc.string(),
        (api, size, marked, noise) => {
          const stream = `data: ${JSON.stringify({ type: "x", noise })}\n\n${marked ? MARKERS[api] : ""}`;
          expect(read(api, "text/event-stream", pieces(Buffer.from(stream), size)).whole).toBe(marked);
          // Without its last byte the marker is no event.
          if (marked)
            expect(read(api, "text/event-stream", pieces(Buffer.from(stream.slice(0, -1)), size)).whole).toBe(
              false,
            );
        },
      ),
    );
  });

  it("sees an end marker that is too long to be parsed by its name or its first field", () => {
    const long = `{"type":"response.completed","response":{"output":"${"x".repeat(5 * 1024 * 1024)}"}}`;
    expect(
      read("responses", "text/event-stream", [Buffer.from(`event: response.completed\ndata: ${long}\n\n`)])
        .whole,
    ).toBe(true);
    expect(read("responses", "text/event-stream", [Buffer.from(`data: ${long}\n\n`)]).whole).toBe(true);
    expect(
      read("responses", "text/event-stream", [
        Buffer.from(`data: ${long.replace("completed", "created")}\n\n`),
      ]).whole,
    ).toBe(false);
  });

  it("takes one JSON body for whole only when the connection ended cleanly", () => {
    const body = [Buffer.from('{"id"'), Buffer.from(":1}")];
    expect(read("chat", "application/json", body).whole).toBe(true);
    expect(read("chat", "application/json", body, false).whole).toBe(false);
    expect(read("chat", "", [Buffer.from("{")]).whole).toBe(false);
  });

  it("never throws on any bytes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(fc.jsonValue())
        .map((values) => Buffer.from(values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join(""))),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...APIS),
        fc.constantFrom("text/event-stream", "application/json"),
        bytes,
        fc.boolean(),
        (api, type, chunk, clean) => {
          expect(typeof read(api, type, [chunk], clean).whole).toBe("boolean");
        },
      ),
    );
  });
});
