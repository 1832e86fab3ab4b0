import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "@stage6/bounds";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

/** How long an operator may take to touch a hardware key or to type a passphrase. */
const PATIENCE_MS = 120_000;

/** The command that signs a file by hand. */
export const signCommand = (key: string, namespace: string, file: string): string[] => [
  "ssh-keygen",
  "-Y",
  "sign",
  "-f",
  key,
  "-n",
  namespace,
  file,
];

/** Signs bytes with an operator's SSH key by ssh-keygen, which may ask its agent or a hardware key; throws SIGNING_FAILED. */
export async function sshSign(
  bytes: Uint8Array,
  key: string,
  namespace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "stage6-sign-"));
  try {
    const file = join(folder, "document");
    await writeFile(file, bytes, { mode: 0o600 });
    const kept = ["PATH", "HOME", "SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"];
    const ran = await runTool(signCommand(key, namespace, file), {
      cwd: folder,
      env: Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
      timeoutMs: PATIENCE_MS,
      maxBytes: 65_536,
    });
    if (ran.exitCode !== 0)
      throw new CliError("SIGNING_FAILED", EXIT.refused, `ssh-keygen could not sign with ${key}`, {
        remedy: "Name the private key of an operator, or its public half with the key in the agent.",
      });
    return await readFile(`${file}.sig`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
