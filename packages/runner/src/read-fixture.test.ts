import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@stage6/evidence-interface";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFixture } from "./read-fixture.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";

const TASK = "Do it.\n";

function document(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    schemaVersion: "1.0",
    id: "one",
    title: "One",
    repository: { bundle: "repo.bundle", baseCommit: "b".repeat(40), baseTree: "c".repeat(40) },
    task: { file: "task.md", sha256: sha256(TASK) },
    allowedPaths: ["src/**"],
    expects: "change",
    oracle: { argv: ["true"], files: [] },
    script: null,
    ...change,
  };
}

let parent: string;
let folder: string;

beforeEach(() => {
  parent = makeTempFolder();
  folder = join(parent, "one");
  mkdirSync(folder);
  write("fixture.json", JSON.stringify(document()));
  write("task.md", TASK);
});
afterEach(() => removeTempFolder(parent));

const write = (name: string, text: string | Buffer): void => writeFileSync(join(folder, name), text);
const change = (fields: Readonly<Record<string, unknown>>): void =>
  write("fixture.json", JSON.stringify(document(fields)));

/** Every way a fixture can be bad, and what the message must name. */
const BAD: readonly (readonly [string, () => void, RegExp])[] = [
  ["no fixture.json", () => rmSync(join(folder, "fixture.json")), /UNREADABLE.*one\/fixture\.json/],
  ["no task.md", () => rmSync(join(folder, "task.md")), /UNREADABLE.*one\/task\.md/],
  ["no folder", () => rmSync(folder, { recursive: true }), /UNREADABLE/],
  ["a truncated document", () => truncateSync(join(folder, "fixture.json"), 40), /BYTES_NOT_CANONICAL/],
  ["an empty document", () => write("fixture.json", ""), /BYTES_NOT_CANONICAL/],
  [
    "a document with a byte order mark",
    () => write("fixture.json", `\ufeff${JSON.stringify(document())}`),
    /byte/,
  ],
  [
    "a document that is not UTF-8",
    () => write("fixture.json", Buffer.from([0x7b, 0xff, 0x7d])),
    /BYTES_NOT_CANONICAL/,
  ],
  [
    "a spaced document",
    () => write("fixture.json", JSON.stringify(document(), null, 1)),
    /not-canonical|BYTES/,
  ],
  ["a future version", () => change({ schemaVersion: "2.0" }), /SCHEMA_VERSION/],
  ["an unknown key", () => change({ extra: 1 }), /SCHEMA_INVALID.*extra/],
  ["no allowed path", () => change({ allowedPaths: [] }), /SCHEMA_INVALID/],
  ["an id that is a path", () => change({ id: "../one" }), /SCHEMA_INVALID/],
  [
    "another task file",
    () => change({ task: { file: "../task.md", sha256: sha256(TASK) } }),
    /SCHEMA_INVALID/,
  ],
  ["an unknown script step", () => change({ script: { steps: [{ do: "dance" }] } }), /SCHEMA_INVALID/],
  ["a changed task", () => write("task.md", "Do something else.\n"), /DIGEST_MISMATCH.*task\.md/],
  ["an emptied task", () => write("task.md", ""), /DIGEST_MISMATCH/],
  [
    "a task that is not UTF-8",
    () => {
      const task = Buffer.from([0x44, 0x6f, 0xff]);
      change({ task: { file: "task.md", sha256: sha256(task) } });
      write("task.md", task);
    },
    /BYTES_NOT_CANONICAL.*task\.md/,
  ],
  [
    "a task that is too large",
    () => truncateSync(join(folder, "task.md"), 5 * 1024 * 1024),
    /INPUT_TOO_LARGE/,
  ],
  [
    "a task behind a link",
    () => {
      write("other", TASK);
      rmSync(join(folder, "task.md"));
      symlinkSync("other", join(folder, "task.md"));
    },
    /UNREADABLE.*ELOOP/,
  ],
];

describe("reading a fixture", () => {
  it("gives document, digest of its bytes and task", async () => {
    const bytes = readFileSync(join(folder, "fixture.json"));
    expect(await readFixture(folder)).toEqual({
      fixture: document(),
      digest: sha256(bytes),
      folder,
      task: TASK,
      ownership: { record: null, digest: null, fault: null },
    });
  });

  it.each(BAD)("refuses %s", async (_name, spoil, message) => {
    spoil();
    const error: unknown = await readFixture(folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "FIXTURE_INVALID", message: expect.stringMatching(message) });
  });
});
