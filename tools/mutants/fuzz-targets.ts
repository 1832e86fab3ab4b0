import { checkFiles, openEnvelope, parseStrictText, EventLogChecker } from "@stage6/evidence-interface";
import { sampleTrial, sealFiles, testKeys } from "@stage6/evidence-interface/testing";
import type { Random } from "./random.ts";

/** Something that reads hostile bytes. `run` throws an Error when a rule of reading is broken; whatever else it throws is a defect too. */
export interface FuzzTarget {
  readonly name: string;
  readonly run: (random: Random) => void;
}

const files = sealFiles(sampleTrial({ lane: "codex" }));
const { trusted } = testKeys();
const of = (path: string): Buffer => Buffer.from(files.get(path) ?? Buffer.of());
const LOG = of("events.jsonl");
const LINES = LOG.toString("utf8").trimEnd().split("\n");
const ENVELOPE = of("bundle.dsse.json");

/** Pieces that mean something to a JSON reader. */
const PIECES = [
  '"',
  "\\",
  "\\u0008",
  "\\b",
  "\\u001f",
  "\\u007f",
  "\\/",
  "\\ud83d",
  "\\ud83d\\ude00",
  "\u{1f600}",
  "\ud800",
  "\u0000",
  "\u2028",
  "\ufeff",
  " ",
  "\n",
  "\r",
  "0",
  "-0",
  "1.0",
  "1e3",
  "1e400",
  "9007199254740993",
  "01",
  ",",
  ":",
  "{",
  "}",
  "[",
  "]",
  "null",
  "true",
  '"__proto__":1,',
  '"constructor":{},',
  '"0":1,',
  '"seq":1,',
  '"type":"checkpoint",',
  "[[[[[[[[",
  "é",
];

function editedText(text: string, random: Random): string {
  let now = text;
  for (let edits = random.below(4); edits > 0; edits -= 1) {
    const at = random.below(now.length + 1);
    now = now.slice(0, at) + random.pick(PIECES) + now.slice(at + random.below(4));
  }
  return now;
}

function editedBytes(bytes: Buffer, random: Random): Buffer {
  if (random.below(3) === 0) return Buffer.from(editedText(bytes.toString("utf8"), random));
  const copy = Buffer.from(bytes);
  for (let edits = 1 + random.below(6); edits > 0 && copy.length > 0; edits -= 1)
    copy[random.below(copy.length)] = random.below(256);
  return random.below(4) === 0 ? copy.subarray(0, random.below(copy.length + 1)) : copy;
}

/** A JSON text of no document in particular. */
function randomText(random: Random): string {
  return Array.from({ length: random.below(30) }, () => random.pick(PIECES)).join("");
}

function checkLog(bytes: Buffer, random: Random): string {
  const checker = new EventLogChecker("events.jsonl");
  const cut = 1 + random.below(bytes.length + 1);
  for (let at = 0; at < bytes.length; at += cut) checker.push(bytes.subarray(at, at + cut));
  const { findings, sha256, count } = checker.end();
  if (findings.length > 101) throw new Error(`${findings.length} findings`);
  return `${sha256} ${count} ${findings.map(({ code, rule, line }) => `${code}/${rule}@${line}`).join()}`;
}

/** Every reader of hostile bytes, with what must hold besides that it returns. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  {
    name: "strict text: accepted exactly when it writes back to itself",
    run: (random) => {
      const text = random.below(2) === 0 ? randomText(random) : editedText(random.pick(LINES), random);
      const read = parseStrictText(text);
      if (read.ok && JSON.stringify(read.value) !== text) throw new Error(`accepted ${JSON.stringify(text)}`);
    },
  },
  {
    name: "one line of the log: the verdict on its bytes is that of the round trip",
    run: (random) => {
      const text = editedText(random.pick(LINES), random).replaceAll("\n", "");
      const checker = new EventLogChecker("events.jsonl");
      checker.push(Buffer.from(`${text}\n`));
      const canonical = !checker.end().findings.some(({ code }) => code === "BYTES_NOT_CANONICAL");
      // Encoding puts U+FFFD in place of a lone surrogate: the bytes are what is judged.
      const expected = parseStrictText(Buffer.from(text).toString("utf8")).ok;
      if (canonical !== expected) throw new Error(`judged apart: ${JSON.stringify(text)}`);
    },
  },
  {
    name: "event log: the same summary however it is cut into chunks",
    run: (random) => {
      const from = random.below(LINES.length - 3);
      const part = Buffer.from(`${LINES.slice(from, from + 3).join("\n")}\n`);
      const bytes = random.below(20) === 0 ? editedBytes(LOG, random) : editedBytes(part, random);
      if (checkLog(bytes, random) !== checkLog(bytes, random)) throw new Error(bytes.toString("latin1"));
    },
  },
  {
    name: "envelope: no edit is opened but the original bytes",
    run: (random) => {
      const bytes = editedBytes(ENVELOPE, random);
      if (openEnvelope(bytes, trusted).ok && !bytes.equals(ENVELOPE)) throw new Error(bytes.toString("utf8"));
    },
  },
  {
    name: "bundle: no edit of a document passes",
    run: (random) => {
      // The whole bundle costs two hundred times a line: it is drawn as rarely.
      if (random.below(100) > 0) return;
      const path = random.pick([
        "manifest.json",
        "report.json",
        "artifacts/observation.json",
        "events.jsonl",
      ]);
      const bytes = editedBytes(of(path), random);
      if (
        checkFiles(new Map([...files, [path, bytes]]), testKeys().trusted).state === "complete" &&
        !bytes.equals(of(path))
      )
        throw new Error(`${path}: ${bytes.toString("utf8")}`);
    },
  },
];
