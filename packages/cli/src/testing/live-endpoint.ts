import { createServer, type Server } from "node:http";
import { once } from "node:events";

/** How an endpoint answers: as the model with its token counts, as another model, or with this status alone. */
export type Manner = { readonly as: string; readonly usage?: boolean } | { readonly status: number };

/** A model endpoint on this machine, for the API of Chat Completions; one address over all its starts. */
export class LiveEndpoint {
  /** How each request is answered, in order; the last manner answers all that follow. */
  manners: readonly Manner[] = [{ status: 500 }];
  /** Requests since the last {@link begin}. */
  asked = 0;
  #port = 0;
  #server: Server | null = null;

  /** Its base URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Answers from now on in these manners. */
  async begin(...manners: readonly Manner[]): Promise<void> {
    this.manners = manners;
    this.asked = 0;
    if (this.#server !== null) return;
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        const manner = this.manners[Math.min(this.asked, this.manners.length - 1)] ?? { status: 500 };
        this.asked += 1;
        if ("status" in manner) {
          const said = JSON.stringify({ error: { message: request.headers.authorization ?? "" } });
          response.writeHead(manner.status, { "content-type": "application/json" }).end(said);
          return;
        }
        const usage = manner.usage === false ? {} : { usage: { prompt_tokens: 7, completion_tokens: 1 } };
        const chunk = { model: manner.as, choices: [{ index: 0, delta: { content: "ready" } }], ...usage };
        response
          .writeHead(200, { "content-type": "text/event-stream" })
          .end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
      });
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    this.#port = typeof address === "object" ? (address?.port ?? 0) : 0;
    this.#server = server;
  }

  /** Nothing listens at its address any more. */
  async end(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((done) => void server.close(done));
  }
}
