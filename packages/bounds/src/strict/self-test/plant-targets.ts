import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

/** Folders and files that the self-test's probes aim at. */
export interface PlantedTargets {
  /** Writable within the bounds. */
  readonly inside: string;
  /** Writable within the bounds but for its `.git`. */
  readonly protected: string;
  /** A repository with one commit, readable within the bounds. */
  readonly repository: string;
  /** A folder that is not in the view: it holds the three below. */
  readonly outside: string;
  readonly outsideFile: string;
  readonly credential: string;
  /** Where the probes plant a link to the folder outside, for the harness to collect what lies behind it. */
  readonly link: string;
  /** A bare repository that takes every push. */
  readonly remote: string;
}

/** Everything that the probes of one run aim at. */
export interface ProbeTargets extends PlantedTargets {
  /** What the harness's listeners answer, and what lies in the file with a credential. */
  readonly token: string;
  readonly tcpPort: number;
  readonly doorPort: number;
  readonly udp: { readonly address: string; readonly port: number };
  readonly unixSocket: string;
  readonly abstractSocket: string;
  /** The harness's process: its number, when it started, and a file that it has open. */
  readonly harness: { readonly pid: number; readonly start: string; readonly fd: number };
  /** Room of shared memory within the bounds. */
  readonly sharedMemoryBytes: number;
  /** Absolute path of bubblewrap, to make namespaces of one's own. */
  readonly bwrap: string;
}

const AUTHOR = "self-test <self-test@example.invalid> 0 +0000";

/** Makes the targets of one run of the self-test below an empty folder. The repositories are written file by file: no git runs. */
export async function plantTargets(folder: string, token: string): Promise<PlantedTargets> {
  const at = (name: string): string => join(folder, name);
  const outside = at("outside");
  const targets: PlantedTargets = {
    inside: at("inside"),
    protected: at("protected"),
    repository: at("repository"),
    outside,
    outsideFile: join(outside, "file"),
    credential: join(outside, "credential"),
    link: join(at("inside"), "collected"),
    remote: join(outside, "remote.git"),
  };
  await Promise.all(
    [targets.inside, targets.protected, outside].map((path) => mkdir(path, { recursive: true })),
  );
  await Promise.all([
    writeFile(targets.credential, token, { mode: 0o600 }),
    plantRepository(join(targets.protected, ".git"), false),
    plantRepository(join(targets.repository, ".git"), false),
    plantRepository(targets.remote, true),
  ]);
  return targets;
}

/** No upkeep runs after a push. */
const NO_UPKEEP = "[receive]\n\tautogc = false\n[gc]\n\tauto = 0\n";

async function plantRepository(gitDir: string, bare: boolean): Promise<void> {
  await mkdir(join(gitDir, "refs", "heads"), { recursive: true });
  await mkdir(join(gitDir, "objects"), { recursive: true });
  await writeFile(join(gitDir, "HEAD"), "ref: refs/heads/main\n");
  await writeFile(
    join(gitDir, "config"),
    `[core]\n\trepositoryformatversion = 0\n\tbare = ${bare}\n${NO_UPKEEP}`,
  );
  if (bare) return;
  const tree = await plantObject(gitDir, "tree", "");
  const commit = await plantObject(
    gitDir,
    "commit",
    `tree ${tree}\nauthor ${AUTHOR}\ncommitter ${AUTHOR}\n\nself-test\n`,
  );
  await writeFile(join(gitDir, "refs", "heads", "main"), `${commit}\n`);
}

/** Writes one loose object in git's own format; its name is the SHA-1 that the format prescribes. */
async function plantObject(gitDir: string, type: "tree" | "commit", content: string): Promise<string> {
  const bytes = Buffer.from(`${type} ${Buffer.byteLength(content)}\0${content}`);
  const id = createHash("sha1").update(bytes).digest("hex");
  await mkdir(join(gitDir, "objects", id.slice(0, 2)), { recursive: true });
  await writeFile(join(gitDir, "objects", id.slice(0, 2), id.slice(2)), deflateSync(bytes));
  return id;
}
