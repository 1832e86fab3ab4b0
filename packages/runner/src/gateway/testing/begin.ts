import { request, type IncomingMessage } from "node:http";
import { within } from "./within.ts";

/** Sends a request and gives its answer as soon as the headers are there; `leave` ends the connection. */
export const begin = async (
  url: string,
  body: string,
): Promise<{ readonly answer: IncomingMessage; readonly leave: () => void }> => {
  const sent = request(url, { method: "POST", agent: false });
  const headers = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
  });
  sent.end(body);
  const answer = await within("headers", headers);
  answer.on("error", () => undefined);
  return { answer, leave: () => void sent.destroy() };
};
