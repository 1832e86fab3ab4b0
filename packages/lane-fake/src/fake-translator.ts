import {
  LineReader,
  type DraftRaw,
  type EventDraft,
  type StreamLine,
  type Translator,
} from "@stage6/lane-contract";
import Value from "typebox/value";
import { agentEnded, draftOf, drift, quoteCallId, unclosed, unread, unrecognized } from "./fake-drafts.ts";
import { FAKE_RECORD_VERSION, FAKE_RECORDS, type FakeFields, type FakeKind } from "./fake-record.ts";

const STREAM = "stdout";

/** Reads the fake backend's records from stdout; stderr and any other stream stay raw. */
export function fakeTranslator(): Translator {
  const lines = new LineReader();
  // Every call by the id the events carry: where it began, or null once it has ended.
  const calls = new Map<string, DraftRaw | null>();
  let bye: { readonly raw: DraftRaw; readonly fields: FakeFields<"bye"> } | null = null;
  let bytes = 0;

  function startTool(fields: FakeFields<"tool-start">, raw: DraftRaw): EventDraft {
    const id = quoteCallId(fields.id);
    if (calls.has(id)) return drift(raw, "tool-start", `id ${id} is not new`);
    calls.set(id, raw);
    return draftOf["tool-start"](fields, raw);
  }

  function endTool(fields: FakeFields<"tool-end">, raw: DraftRaw): EventDraft {
    const id = quoteCallId(fields.id);
    const open = calls.get(id) ?? null;
    if (open === null) return drift(raw, "tool-end", `no open call ${id}`);
    calls.set(id, null);
    return draftOf["tool-end"](fields, raw);
  }

  function sayBye(fields: FakeFields<"bye">, raw: DraftRaw): readonly EventDraft[] {
    if (bye !== null) return [drift(raw, "bye", "a second bye")];
    bye = { raw, fields };
    return [];
  }

  const handlers: {
    readonly [K in FakeKind]: (fields: FakeFields<K>, raw: DraftRaw) => EventDraft | readonly EventDraft[];
  } = {
    ...draftOf,
    "tool-start": startTool,
    "tool-end": endTool,
    bye: sayBye,
  };

  function readKnown<K extends FakeKind>(
    kind: K,
    record: unknown,
    raw: DraftRaw,
  ): EventDraft | readonly EventDraft[] {
    const schema: (typeof FAKE_RECORDS)[K] = FAKE_RECORDS[kind];
    if (Value.Check(schema, record)) return handlers[kind](record, raw);
    const [error] = Value.Errors(schema, record);
    return drift(
      raw,
      kind,
      error === undefined ? "not such a record" : `${error.instancePath || "record"} ${error.message}`,
    );
  }

  function readLine(line: StreamLine): EventDraft | readonly EventDraft[] {
    if (line.length === 0) return [];
    const raw = { stream: STREAM, offset: line.offset, length: line.length };
    if (line.text === null) return unread(raw, line.reason ?? "unreadable");
    if (!line.terminated) return unread(raw, "the stream ended inside the line");
    const record = parseRecord(line.text);
    if (record === null) return unread(raw, "not a JSON object with a kind");
    const { v, kind } = record;
    if (v !== FAKE_RECORD_VERSION) return drift(raw, kind, `version is not ${FAKE_RECORD_VERSION}`);
    return isKnown(kind) ? readKnown(kind, record, raw) : unrecognized(raw, kind);
  }

  return {
    push(stream, chunk) {
      if (stream !== STREAM) return [];
      bytes += chunk.length;
      return lines.push(chunk).flatMap(readLine);
    },
    end() {
      const last = lines.end().flatMap(readLine);
      const open = [...calls].flatMap(([id, raw]) => (raw === null ? [] : [unclosed(raw, id)]));
      const nowhere = { stream: STREAM, offset: bytes, length: 0 };
      const said =
        bye === null
          ? agentEnded(nowhere, "unknown", null)
          : agentEnded(bye.raw, bye.fields.outcome, bye.fields.message);
      return [...last, ...open, said];
    },
  };
}

function parseRecord(text: string): { readonly v: unknown; readonly kind: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is { readonly v: unknown; readonly kind: string } {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}

function isKnown(kind: string): kind is FakeKind {
  return Object.hasOwn(FAKE_RECORDS, kind);
}
