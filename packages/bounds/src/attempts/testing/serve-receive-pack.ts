import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { hardenedGitEnv } from "../../tools/hardened-git-env.ts";

/** Serves pushes by smart HTTP to a bare repository on the loopback; the URL. */
export async function serveReceivePack(
  repository: string,
  onEnd: (clean: () => void) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    const child = spawn("git", ["receive-pack", "--stateless-rpc", repository], { env: hardenedGitEnv() });
    request.pipe(child.stdin);
    child.stdout.pipe(response);
  });
  onEnd(() => server.close());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/r.git`);
    });
  });
}
