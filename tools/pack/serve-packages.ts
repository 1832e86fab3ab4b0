import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename } from "node:path";

/** A packed package with its manifest, as a registry has to know it. */
export interface ServedPackage {
  readonly name: string;
  readonly tarball: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** The packed packages as an npm registry on a free port of 127.0.0.1, for their scope alone. */
export async function servePackages(
  packages: readonly ServedPackage[],
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "/");
    const tarball = packages.find((one) => path === `/tarballs/${basename(one.tarball)}`);
    if (tarball !== undefined) return void response.end(readFileSync(tarball.tarball));
    const found = packages.find(({ name }) => path === `/${name}`);
    if (found === undefined) return void response.writeHead(404).end("{}");
    const origin = `http://${request.headers.host ?? "127.0.0.1"}`;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(packument(found, origin)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${address.port}/`, close };
}

/** What npm asks of a registry for one package: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
function packument({ name, tarball, manifest }: ServedPackage, origin: string): object {
  const version = String(manifest.version);
  const integrity = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
  const dist = { tarball: `${origin}/tarballs/${basename(tarball)}`, integrity };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
