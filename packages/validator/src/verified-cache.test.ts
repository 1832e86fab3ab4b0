import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readdir, readFile, rename, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseStrictBytes, sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { listFiles, readBundle } from "@stage6/evidence-interface/fs";
import { testKeys } from "@stage6/evidence-interface/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { identifyFolder } from "./bundle-identity.ts";
import type { GateResult } from "./gate-result.ts";
import { readHarnessRoot } from "./read-harness-root.ts";
import { replayRoot } from "./replay-root.ts";
import { rootCopies } from "./testing/root-copies.ts";
import type { SampleRoot } from "./testing/sample-root.ts";
import { snapshot } from "./testing/snapshot.ts";
import { flipByte } from "./testing/spoil.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";
import { openVerifiedCache } from "./verified-cache.ts";

const now = "2026-01-02T00:00:00.000Z";
const HITS = "8 of them were checked before and are unchanged";
const judge = (root: string, verifiedFolder?: string): Promise<GateResult> =>
  validateRoot({ root, now, ...(verifiedFolder === undefined ? {} : { verifiedFolder }) });
const bundles = (result: GateResult): GateResult["checks"][number] | undefined =>
  result.checks.find(({ id }) => id === "bundles");
/** Everything but what is said of the bundles' earlier check. */
const withoutHits = (result: GateResult): GateResult => ({
  ...result,
  checks: result.checks.map((check) => ({
    ...check,
    message: check.message.replace(/; \d+ of them were.*/, ""),
  })),
});

let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});

/** A root that was validated with a cache once, and that cache. */
async function warm(): Promise<{ readonly root: string; readonly folder: string; readonly first: string }> {
  const sample = await copy();
  const folder = join(await tempFolder(), "verified");
  await judge(sample.root, folder);
  const [first = ""] = sample.bundles;
  return { root: sample.root, folder, first };
}

async function cacheFile(folder: string): Promise<string> {
  const [name, ...more] = await readdir(folder);
  if (name === undefined || more.length > 0) throw new Error("not one cache file");
  return join(folder, name);
}

describe("a root that did not change", () => {
  test("is known by its bytes, gives the same result, and nothing is written below it", async () => {
    const { root, folder } = await warm();
    const before = await snapshot(root);
    const again = await judge(root, folder);
    expect(bundles(again)?.message).toContain(HITS);
    expect(withoutHits(again)).toEqual(await judge(root));
    expect(await snapshot(root)).toEqual(before);
  });

  test("is known after its files were written again with the same bytes, and from another folder", async () => {
    const { root, folder, first } = await warm();
    const file = join(root, first, "manifest.json");
    await writeFile(file, await readFile(file));
    await rename(root, `${root}-moved`);
    expect(bundles(await judge(`${root}-moved`, folder))?.message).toContain(HITS);
  });
});

describe("a root that changed", () => {
  test("is refused as without a cache, whichever file lost a bit, with its old date and size", async () => {
    const { root, folder, first } = await warm();
    const names = (await readdir(join(root, first), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const file = join(root, name);
      const bytes = await readFile(file);
      const { atime, mtime } = await stat(file);
      await flipByte(root, name);
      await utimes(file, atime, mtime);
      const result = await judge(root, folder);
      expect({ name, verdict: bundles(result)?.verdict }).toEqual({ name, verdict: "fail" });
      await writeFile(file, bytes);
    }
    expect(bundles(await judge(root, folder))?.message).toContain(HITS);
  }, 60_000);

  test("is refused when bundles were swapped, a file was added, or a link stands for a file", async () => {
    const { root, folder, first } = await warm();
    const second = first.replace(/001$/, "002");
    const at = (name: string): string => join(root, name);
    const swap = async (): Promise<void> => {
      await rename(at(first), at("swap"));
      await rename(at(second), at(first));
      await rename(at("swap"), at(second));
    };
    await swap();
    expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
    await swap();
    await writeFile(at(`${first}/artifacts/more`), "more");
    expect(bundles(await judge(root, folder))?.code).toBe("ARTIFACT_EXTRA");
    await rename(at(`${first}/artifacts/more`), at("more"));
    await rename(at(`${first}/report.json`), at("report"));
    await symlink(at("report"), at(`${first}/report.json`));
    expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
  });

  test("is refused when the intent of a known bundle announces another attempt, or is gone", async () => {
    const { root, folder, first } = await warm();
    const attempts = join(root, first.replace("runs/", "attempts/"));
    const [name = ""] = await readdir(attempts);
    const file = join(attempts, name);
    const intent: object = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, writeStrictBytes({ ...intent, planDigest: sha256("another plan") }));
    expect(bundles(await judge(root, folder))).toMatchObject({ verdict: "fail", code: "TRIAL_MISMATCH" });
    await writeFile(file, writeStrictBytes(intent));
    expect(bundles(await judge(root, folder))?.message).toContain(HITS);
    await rename(file, join(root, "elsewhere.json"));
    expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
  });

  test("an unsound bundle is never remembered", async () => {
    const { root, bundles: all } = await copy();
    await flipByte(root, `${all[0] ?? ""}/events.jsonl`);
    const folder = join(await tempFolder(), "verified");
    await judge(root, folder);
    const { bundles: kept }: { bundles: { key: string }[] } = JSON.parse(
      await readFile(await cacheFile(folder), "utf8"),
    );
    expect(kept).toHaveLength(7);
    expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
  });
});

describe("a cache that lies", () => {
  /** Claims that a spoilt bundle was found sound: the worst that whoever may write to the cache can do. */
  async function forged(): Promise<{ readonly root: string; readonly folder: string }> {
    const { root, folder, first } = await warm();
    await flipByte(root, `${first}/events.jsonl`);
    const file = await cacheFile(folder);
    const json = parseStrictBytes(await readFile(file));
    const spoilt = identifyFolder(join(root, first)) ?? "";
    const text = JSON.stringify(json.ok ? json.value : null);
    const place = first.replace(/^runs\//, "").replace(/001$/, "1");
    await writeFile(
      file,
      text.replace(new RegExp(`(${place} sha256:[0-9a-f]{64} )[0-9a-f]{128}`), `$1${spoilt}`),
      {
        mode: 0o600,
      },
    );
    return { root, folder };
  }

  test("is believed where it is asked for, and says so; what records never asks it and stays red", async () => {
    const { root, folder } = await forged();
    // The forgery works, so that what follows is no accident.
    expect(bundles(await judge(root, folder))?.message).toContain(HITS);
    const recorded = await judge(root);
    expect(bundles(recorded)).toMatchObject({ verdict: "fail" });
    expect(recorded.exitCode).toBe(3);
    expect((await replayRoot({ root, now: "2026-01-02T00:00:00.000Z" })).diverged.length).toBeGreaterThan(0);
  });

  test("is as good as none when it is damaged, of another build or other keys, a link, or others may write to it", async () => {
    const { root, folder } = await forged();
    const file = await cacheFile(folder);
    const bytes = await readFile(file);
    const { tool, keys, ...rest }: { tool: string; keys: string } = JSON.parse(bytes.toString("utf8"));
    const other = "0".repeat(128);
    for (const foreign of [
      Buffer.concat([bytes, Buffer.from("\n")]),
      bytes.subarray(0, bytes.length - 1),
      Buffer.from(""),
      writeStrictBytes({ tool: other, keys, ...rest }),
      writeStrictBytes({ tool, keys: other, ...rest }),
      writeStrictBytes({ tool, keys, ...rest, more: 1 }),
    ]) {
      await writeFile(file, foreign);
      expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
    }
    await writeFile(file, bytes);
    await chmod(file, 0o666);
    expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
    await writeFile(file, bytes);
    await chmod(file, 0o600);
    await rename(file, `${file}.real`);
    await symlink(`${file}.real`, file);
    expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
  });

  test("is another one for other keys", async () => {
    const folder = join(await tempFolder(), "verified");
    const { trusted } = await readHarnessRoot((await copy()).root, "2026-01-02T00:00:00.000Z");
    const one = await openVerifiedCache(folder, trusted ?? new Map());
    one?.note({
      key: "key",
      manifest: sha256("m"),
      report: sha256("r"),
      observation: sha256("o"),
      intent: { path: "i", sha256: sha256("i") },
      eventTypes: [],
    });
    await one?.save();
    expect((await openVerifiedCache(folder, trusted ?? new Map()))?.known.size).toBe(1);
    expect((await openVerifiedCache(folder, new Map()))?.known.size).toBe(0);
  });
});

describe("a root that was checked before", () => {
  test("is checked again where a byte of any file changed, with its old date and size", async () => {
    const { root, folder, first } = await warm();
    const names = (await listFiles(join(root, first))).files;
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const path = `${first}/${name}`;
      const bytes = await readFile(join(root, path));
      const { atime, mtime } = await stat(join(root, path));
      await flipByte(root, path);
      await utimes(join(root, path), atime, mtime);
      expect({ name, verdict: bundles(await judge(root, folder))?.verdict }).toEqual({
        name,
        verdict: "fail",
      });
      await writeFile(join(root, path), bytes);
    }
  }, 120_000);

  test.each([
    ["the first page of the log", "events.jsonl", 0],
    ["the report", "report.json", 100],
    ["an artifact", "artifacts/stdout.raw", 0],
  ])(
    "is checked again where %s was written through a mapping, which need move no time of the file",
    async (_, name, at) => {
      const { root, folder, first } = await warm();
      const file = join(root, first, name);
      // Mapped before the cache looks again, and never flushed: the page is dirty and the file's times are as they were.
      await mapAndFlip(file, at, async () => {
        expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
      });
    },
    60_000,
  );

  test("is checked again where bundles were swapped", async () => {
    const { root, folder } = await warm();
    const all = await readdir(join(root, "runs"), { recursive: true, withFileTypes: true });
    const [one, other] = all
      .filter(({ name }) => /^\d{3}$/.test(name))
      .map(({ parentPath, name }) => join(parentPath, name));
    if (one === undefined || other === undefined) throw new Error("not two bundles");
    await rename(one, `${one}-swap`);
    await rename(other, one);
    await rename(`${one}-swap`, other);
    expect(bundles(await judge(root, folder))?.verdict).toBe("fail");
  });

  test("is judged by its documents as they were checked, or not at all", async () => {
    const { root, folder, first } = await warm();
    const file = await cacheFile(folder);
    const text = await readFile(file, "utf8");
    const report = sha256(await readFile(join(root, first, "report.json")));
    // As if the report had been another one: the same bytes, but not the digest that was remembered. No comparison is kept.
    const other = text
      .replace(report, sha256("another"))
      .replace(/"comparison":\{.*(?=,"keys")|"comparison":\{.*(?=\}$)/s, '"comparison":null');
    expect(other).not.toBe(text);
    await writeFile(file, other);
    expect((await judge(root, folder)).comparison?.verdict).not.toBe("pass");
    expect((await judge(root)).comparison?.verdict).toBe("pass");
  });
});

/** Flips a bit of a file through a shared mapping of another process, and holds the mapping for as long as `meanwhile` takes. */
async function mapAndFlip(file: string, at: number, meanwhile: () => Promise<void>): Promise<void> {
  const program = `
import mmap, sys
with open(sys.argv[1], "r+b") as f:
    m = mmap.mmap(f.fileno(), 0)
    m[int(sys.argv[2])] ^= 1
    print("written", flush=True)
    sys.stdin.read()
`;
  const writer = spawn("python3", ["-c", program, file, String(at)], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  const ended = once(writer, "close");
  try {
    await Promise.race([
      once(writer.stdout, "data"),
      ended.then(() => Promise.reject(new Error("python3 did not write"))),
    ]);
    await meanwhile();
  } finally {
    writer.stdin.end();
    await ended;
  }
}

test("what is remembered is made from the very bytes that were checked", async () => {
  const { root, bundles: all } = await copy();
  const folder = join(root, all[0] ?? "");
  const seen = new Map<string, Uint8Array[]>();
  const { runner } = testKeys();
  await readBundle(folder, {
    trusted: new Map([[runner.keyid, runner.publicKey]]),
    onBytes: (path, chunk) => void seen.set(path, [...(seen.get(path) ?? []), Buffer.from(chunk)]),
  });
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  expect(seen.size).toBe(names.length);
  for (const [path, chunks] of seen)
    expect(Buffer.concat(chunks).equals(await readFile(join(folder, path)))).toBe(true);
});
