import { chatCalls } from "./chat-calls.ts";
import { messagesCalls } from "./messages-calls.ts";
import type { ModelApi } from "./model-api.ts";
import { OpenCalls, type AskedCall } from "./open-calls.ts";
import { responsesCalls } from "./responses-calls.ts";

/** Collector of tool calls: `read` takes each parsed event of a stream or the one body; `flush` ends the answer. */
export interface CallReader {
  read(value: unknown): void;
  flush(): void;
}

/** Collector for one answer of a model API; total over any JSON values. */
export const askedCalls = (api: ModelApi, emit: (call: AskedCall) => void): CallReader => {
  const calls = new OpenCalls(emit);
  const flush = (): void => calls.flush();
  switch (api) {
    case "responses":
      return { read: responsesCalls(calls), flush };
    case "chat":
      return { read: chatCalls(calls), flush };
    case "messages":
      return { read: messagesCalls(calls), flush };
    case "models":
      return { read: () => undefined, flush };
  }
};
