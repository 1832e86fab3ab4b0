import type { AnswerWriter } from "./answer-writer.ts";

const chunk = (model: string, delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: "chatcmpl-fixed",
    object: "chat.completion.chunk",
    created: 0,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;

/** Streams one fixed text as a Chat Completions answer: no tool call, whatever was asked or offered. Ends as `local`. */
export const giveFixedAnswer = (text: string, model: string, writer: AnswerWriter): void => {
  const body = [
    chunk(model, { role: "assistant", content: text }, null),
    chunk(model, {}, "stop"),
    "data: [DONE]\n\n",
  ].join("");
  writer.reply(200, { "content-type": "text/event-stream" }, Buffer.from(body), "local");
};
