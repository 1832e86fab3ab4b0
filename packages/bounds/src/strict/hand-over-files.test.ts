import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** A number behind a gap: of what a process is started with, Node itself keeps only the first from its children. */
const INHERITED = 40;

/** What a child sees under the inherited number when it gets the files that are handed over, and when it gets none. */
const PROGRAM = `
  import { spawnSync } from "node:child_process";
  const { handOverFiles } = await import(process.argv[1]);
  const { passFds, close } = await handOverFiles([]);
  const look = (files) =>
    spawnSync("readlink", ["/proc/self/fd/${INHERITED}"], {
      stdio: ["ignore", "pipe", "inherit", ...files],
      encoding: "utf8",
    }).stdout.trim();
  console.log(JSON.stringify({ bare: look([]), covered: look(passFds) }));
  await close();
`;

test.runIf(process.platform === "linux")(
  "a file that the harness was started with is covered by the null device, and would be seen otherwise",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "hand-over-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const secret = join(folder, "secret");
    writeFileSync(secret, "of the harness");
    const fd = openSync(secret, "r");
    onTestFinished(() => closeSync(fd));
    const loader = ["--conditions=@stage6/source", `--import=${import.meta.resolve("tsx")}`];
    const source = join(import.meta.dirname, "hand-over-files.ts");
    const stdio = Array.from({ length: INHERITED + 1 }, (_, at): "ignore" | "pipe" | "inherit" | number =>
      at === 1 ? "pipe" : at === 2 ? "inherit" : at === INHERITED ? fd : "ignore",
    );
    const { stdout } = spawnSync(
      process.execPath,
      [...loader, "--input-type=module", "--eval", PROGRAM, source],
      { stdio, encoding: "utf8", timeout: 60_000 },
    );
    expect(JSON.parse(String(stdout))).toEqual({ bare: secret, covered: "/dev/null" });
  },
);
