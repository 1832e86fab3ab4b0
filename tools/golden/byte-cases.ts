import { edited, expecting, sealedWith, type BadCase } from "./bad-case.ts";
import { logLines, rechain } from "./rechain.ts";

const REPORT = "report.json";
const EVENTS = "events.jsonl";
const bytesOf = (rule: string, file: string, variant?: string): ReturnType<typeof expecting> =>
  expecting("BYTES_NOT_CANONICAL", rule, file, variant);

const relined = (log: Uint8Array, from: string, to: string): Uint8Array =>
  rechain(logLines(edited(log, from, to)));

/** Bundles whose documents are no canonical JSON, are of another version, or do not fit their schema. */
export function byteCases(): readonly BadCase[] {
  return [
    sealedWith(bytesOf("not-json", REPORT), { report: (bytes) => bytes.subarray(0, -1) }),
    sealedWith(bytesOf("not-canonical", REPORT, "duplicate-key"), {
      report: (bytes) => edited(bytes, '"outcome":', '"outcome":"failed","outcome":'),
    }),
    sealedWith(bytesOf("not-canonical", REPORT, "white-space"), {
      report: (bytes) => edited(bytes, '"outcome":', '"outcome": '),
    }),
    sealedWith(bytesOf("not-canonical", REPORT, "final-newline"), {
      report: (bytes) => Buffer.concat([bytes, Buffer.from("\n")]),
    }),
    sealedWith(bytesOf("not-canonical", REPORT, "number"), {
      report: (bytes) => edited(bytes, '"backendMs":1200', '"backendMs":1200.0'),
    }),
    sealedWith(bytesOf("not-canonical", REPORT, "escape"), {
      report: (bytes) => edited(bytes, '"completed"', '"\\u0063ompleted"'),
    }),
    sealedWith(bytesOf("proto-key", REPORT), { report: (bytes) => edited(bytes, "{", '{"__proto__":{},') }),
    sealedWith(bytesOf("lone-surrogate", REPORT), {
      report: (bytes) => edited(bytes, '"Done."', '"\\ud83d"'),
    }),
    sealedWith(bytesOf("not-utf8", REPORT), {
      report: (bytes) =>
        Buffer.from(Buffer.from(bytes).toString("latin1").replace("Done.", "Don\xe9"), "latin1"),
    }),
    sealedWith(bytesOf("byte-order-mark", REPORT), {
      report: (bytes) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes]),
    }),
    sealedWith(bytesOf("too-deep", REPORT), {
      report: () => Buffer.from("[".repeat(20_000) + "]".repeat(20_000)),
    }),
    sealedWith(bytesOf("not-utf8", EVENTS, "log"), {
      log: (log) => Buffer.from(log.toString("latin1").replace("Done.", "Don\xe9"), "latin1"),
    }),
    sealedWith(bytesOf("not-canonical", EVENTS, "log-carriage-return"), {
      log: (log) => relined(log, "}\n", "}\r\n"),
    }),
    sealedWith(bytesOf("not-json", EVENTS, "log-empty-line"), { log: (log) => edited(log, "}\n", "}\n\n") }),
    sealedWith(bytesOf("not-canonical", "bundle.dsse.json"), {
      envelope: (bytes) => edited(bytes, ":", ": "),
    }),
    sealedWith(expecting("SCHEMA_VERSION", "major", "manifest.json"), {
      manifest: (manifest) => ({ ...manifest, schemaVersion: "2.0" }),
    }),
    sealedWith(expecting("SCHEMA_VERSION", "major", EVENTS, "log"), {
      log: (log) => relined(log, '"schemaVersion":"1.0"', '"schemaVersion":"2.0"'),
    }),
    sealedWith(expecting("SCHEMA_INVALID", "schema", REPORT), {
      report: (bytes) => edited(bytes, '{"schemaVersion"', '{"verdict":"passed","schemaVersion"'),
    }),
    sealedWith(expecting("SCHEMA_INVALID", "schema", EVENTS, "log"), {
      log: (log) => relined(log, '"argv":', '"arguments":'),
    }),
    sealedWith(expecting("SCHEMA_INVALID", "event-type", EVENTS), {
      log: (log) => relined(log, '"type":"workspace.prepared"', '"type":"workspace.blessed"'),
    }),
  ];
}
