import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import {
  JOURNAL_KINDS,
  keyId,
  readJournal,
  sha256,
  writeStrictBytes,
  type JournalDraft,
  type JournalPoint,
  type Sha256,
} from "@stage6/evidence-interface";
import { journalLines } from "@stage6/evidence-interface/fs";
import type { KeyRole, Revocation, TrustedKey, TrustedMachines } from "@stage6/eligibility";
import { KEYS } from "@stage6/eligibility/testing";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { checkJournal, journalRoles, revocationDocuments, type CountedDocument } from "./check-journal.ts";

const HARNESS = "sample";
const AT = "2026-06-01T00:00:00.000Z";
const ROLES = ["runner", "comparator", "stage5-validator", "admission-reviewer"] as const;

const trusted = (role: (typeof ROLES)[number]): TrustedKey => ({
  keyId: keyId(createPublicKey(KEYS[role])),
  role,
  key: createPublicKey(KEYS[role]),
  validFrom: "2026-01-01T00:00:00.000Z",
  validUntil: "2026-12-31T00:00:00.000Z",
});
const line = (seq: number, kind: Revocation["kind"], id: string): Revocation => ({
  schemaVersion: "1.0",
  seq,
  previous: null,
  kind,
  id,
  revokedAt: AT,
  reason: "sample",
});
const MACHINES: TrustedMachines = {
  keys: ROLES.map(trusted),
  revocations: [line(0, "opened", "none"), line(1, "proof", sha256("a proof"))],
};

/** One document of every kind; two of them are intents. */
const DOCUMENTS: readonly CountedDocument[] = JOURNAL_KINDS.filter((kind) => kind !== "revocation")
  .flatMap((kind) =>
    (kind === "intent" ? [`${kind}/1`, `${kind}/2`] : [kind]).map((path) => [kind, path] as const),
  )
  .map(([kind, path]) => ({ kind, path: `${path}.json`, sha256: sha256(path) }));
const ALL = [...DOCUMENTS, ...revocationDocuments(MACHINES.revocations)];

const keyFor = ({ kind }: Pick<JournalDraft, "kind">): KeyObject =>
  journalRoles(kind)[0] === "comparator" ? KEYS.comparator : KEYS.runner;
const draftOf = (document: CountedDocument): JournalDraft => ({ harness: HARNESS, ...document, at: AT });

function journalOf(drafts: readonly JournalDraft[], keys: (draft: JournalDraft) => KeyObject = keyFor) {
  let bytes: Uint8Array = Buffer.of();
  let point: JournalPoint = { entries: 0, head: null };
  const points = [point];
  for (const draft of drafts) {
    const made = journalLines(point, [draft], keys(draft));
    bytes = Buffer.concat([bytes, made.bytes]);
    point = made.point;
    points.push(point);
  }
  return { bytes, point, points };
}

const whole = journalOf(ALL.map(draftOf));
const cut = (bytes: Uint8Array, lines: number): Uint8Array => {
  const texts = Buffer.from(bytes).toString("utf8").split("\n").slice(0, -1);
  return Buffer.from(
    texts
      .slice(0, texts.length - lines)
      .map((text) => `${text}\n`)
      .join(""),
  );
};

interface Root {
  readonly bytes: Uint8Array | null;
  readonly documents: readonly CountedDocument[];
  readonly machines: TrustedMachines;
  readonly seen: readonly JournalPoint[];
  /** Files that the judgement did not read, by path. */
  readonly beside: ReadonlyMap<string, Sha256>;
}
const ROOT: Root = {
  bytes: whole.bytes,
  documents: DOCUMENTS,
  machines: MACHINES,
  seen: [],
  beside: new Map(),
};

async function codes(change: Partial<Root>): Promise<string[]> {
  const { seen, beside, ...root } = { ...ROOT, ...change };
  const { findings } = await checkJournal({
    ...root,
    harness: HARNESS,
    seen: seen.map((point) => ({ file: null, point })),
    digestOf: (path) => Promise.resolve(beside.get(path) ?? null),
  });
  return findings.map(({ code, rule }) => `${code} ${rule}`);
}

describe("a journal", () => {
  it("R23: holds that lists every document as it is; a root without any needs none", async () => {
    expect(await codes({ seen: whole.points })).toEqual([]);
    const opened = { ...MACHINES, revocations: MACHINES.revocations.slice(0, 1) };
    expect(await codes({ bytes: null, documents: [], machines: opened })).toEqual([]);
  });

  it("R23: lists documents of other plans, which are hashed for it", async () => {
    const [first, ...rest] = DOCUMENTS;
    if (first === undefined) throw new Error("there is none");
    expect(await codes({ documents: rest, beside: new Map([[first.path, first.sha256]]) })).toEqual([]);
    expect(await codes({ documents: rest, beside: new Map([[first.path, sha256("other")]]) })).toEqual([
      "JOURNAL_DOCUMENT changed",
    ]);
  });

  it.each(DOCUMENTS.map((document) => [document.kind, document] as const))(
    "R20: shows a document of the kind %s that was taken away, changed or added (JOURNAL_DOCUMENT, JOURNAL_UNLISTED)",
    async (_, document) => {
      const others = DOCUMENTS.filter((one) => one !== document);
      expect(await codes({ documents: others })).toEqual(["JOURNAL_DOCUMENT gone"]);
      const changed = { ...document, sha256: sha256("other bytes") };
      expect(await codes({ documents: [...others, changed] })).toEqual(["JOURNAL_DOCUMENT changed"]);
      const added = { ...document, path: `more-${document.path}` };
      expect(await codes({ documents: [...DOCUMENTS, added] })).toEqual(["JOURNAL_UNLISTED unlisted"]);
    },
  );

  it("R40: shows a revocation that was taken away or edited (JOURNAL_DOCUMENT)", async () => {
    const [opened] = MACHINES.revocations;
    if (opened === undefined) throw new Error("there is none");
    expect(await codes({ machines: { ...MACHINES, revocations: [opened] } })).toEqual([
      "JOURNAL_DOCUMENT gone",
    ]);
    const other = { ...MACHINES, revocations: [opened, line(1, "proof", sha256("another proof"))] };
    expect(await codes({ machines: other })).toEqual(["JOURNAL_DOCUMENT changed"]);
  });

  test("R20: that is gone is missed, and so is one without some documents (JOURNAL_MISSING)", async () => {
    expect(await codes({ bytes: null })).toEqual(["JOURNAL_MISSING absent"]);
  });

  test("R20, R40: cut from its end, with or without the documents of the lines, is not the one that was seen (JOURNAL_ROLLED_BACK)", async () => {
    for (let lines = 1; lines <= ALL.length; lines += 1) {
      const bytes = cut(whole.bytes, lines);
      const left = ALL.slice(0, ALL.length - lines);
      const documents = DOCUMENTS.filter((one) => left.includes(one));
      const machines = { ...MACHINES, revocations: MACHINES.revocations.slice(0, 1) };
      const found = await codes({ bytes, documents, machines, seen: [whole.point] });
      expect({ lines, found }).toEqual({ lines, found: ["JOURNAL_ROLLED_BACK remembered"] });
    }
  });

  test("R20, R40: written again with the runner's and the comparator's keys is not the one that was seen (JOURNAL_ROLLED_BACK)", async () => {
    for (const dropped of ALL) {
      const left = ALL.filter((one) => one !== dropped);
      const machines =
        dropped.kind === "revocation"
          ? { ...MACHINES, revocations: MACHINES.revocations.slice(0, 1) }
          : MACHINES;
      const documents = DOCUMENTS.filter((one) => one !== dropped);
      const { bytes } = journalOf([...left, ...left.slice(0, 1)].map(draftOf));
      expect(await codes({ bytes, documents, machines, seen: [whole.point] })).toEqual([
        "JOURNAL_ROLLED_BACK remembered",
      ]);
    }
  });

  it.each([
    ["signer", () => KEYS.stranger],
    ["role", () => KEYS["stage5-validator"]],
    ["role", () => KEYS["admission-reviewer"]],
    ["signer", () => KEYS.operator],
  ] as const)(
    "R20: whose lines another key signed is refused, rule %s (JOURNAL_BROKEN)",
    async (rule, key) => {
      const found = await codes({ bytes: journalOf(ALL.map(draftOf), key).bytes });
      expect(found).toEqual(ALL.map(() => `JOURNAL_BROKEN ${rule}`));
    },
  );

  it("R20: takes proofs and records from the comparator alone (JOURNAL_BROKEN)", async () => {
    const found = await codes({ bytes: journalOf(ALL.map(draftOf), () => KEYS.runner).bytes });
    expect(found).toEqual(["JOURNAL_BROKEN role", "JOURNAL_BROKEN role"]);
  });

  it.each([
    ["harness", { harness: "other" }],
    ["window", { at: "2025-12-31T23:59:59.999Z" }],
    ["window", { at: "2027-01-01T00:00:00.000Z" }],
  ])(
    "R20: of another harness, or outside of the key's window, is refused, rule %s (JOURNAL_BROKEN)",
    async (rule, change) => {
      const found = await codes({
        bytes: journalOf(ALL.map((one) => ({ ...draftOf(one), ...change }))).bytes,
      });
      expect(new Set(found)).toEqual(new Set([`JOURNAL_BROKEN ${rule}`]));
    },
  );

  it("R40: takes no line of a key after its revocation, and those before it (JOURNAL_BROKEN)", async () => {
    const runner = keyId(createPublicKey(KEYS.runner));
    const machines = { ...MACHINES, revocations: [...MACHINES.revocations, line(2, "key", runner)] };
    const revoked = revocationDocuments(machines.revocations).slice(1);
    const before = [...ALL, ...revoked].map(draftOf);
    expect(await codes({ machines, bytes: journalOf(before).bytes })).toEqual([]);
    const plan = { kind: "plan", path: "later.json", sha256: sha256("later") } as const;
    const after = journalOf([...before, draftOf(plan)]);
    expect(await codes({ machines, bytes: after.bytes, documents: [...DOCUMENTS, plan] })).toEqual([
      "JOURNAL_BROKEN revoked-key",
    ]);
    // Later lines are signed with the key that is left.
    const other = journalOf([...before, draftOf(plan)], (draft) =>
      draft.path === plan.path ? KEYS.comparator : keyFor(draft),
    );
    expect(await codes({ machines, bytes: other.bytes, documents: [...DOCUMENTS, plan] })).toEqual([]);
  });

  test("R20: with any bit flipped, any line twice, exchanged or left out is refused, never taken", async () => {
    const texts = Buffer.from(whole.bytes).toString("utf8").trimEnd().split("\n");
    const written = (lines: readonly string[]): Uint8Array =>
      Buffer.from(lines.map((one) => `${one}\n`).join(""));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.bytes.length - 1),
        fc.nat(7),
        fc.nat(texts.length - 2),
        fc.nat(texts.length - 1),
        async (at, bit, first, second) => {
          const flipped = Buffer.from(whole.bytes);
          flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
          const swapped = [...texts];
          [swapped[first], swapped[first + 1]] = [texts[first + 1] ?? "", texts[first] ?? ""];
          const twice = [...texts, texts[second] ?? ""];
          for (const bytes of [flipped, written(swapped), written(texts.toSpliced(first, 1)), written(twice)])
            expect(await codes({ bytes })).not.toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("R20: takes a signature in one spelling alone (JOURNAL_BROKEN)", async () => {
    const text = Buffer.from(whole.bytes).toString("utf8");
    const last = text.lastIndexOf("==");
    const other = { A: "B", Q: "R", g: "h", w: "x" }[text[last - 1] ?? ""] ?? "";
    const bytes = Buffer.from(`${text.slice(0, last - 1)}${other}${text.slice(last)}`);
    expect(other).not.toBe("");
    expect(await codes({ bytes })).toEqual(["JOURNAL_BROKEN signature"]);
  });

  it("says in which line a chain ends (JOURNAL_BROKEN)", async () => {
    const [first = "", second = ""] = Buffer.from(whole.bytes).toString("utf8").split("\n");
    const { findings } = await checkJournal({
      ...ROOT,
      bytes: Buffer.from(`${first}\n${second.slice(0, -1)} }\n`),
      harness: HARNESS,
      seen: [],
      digestOf: () => Promise.resolve(null),
    });
    expect(findings).toMatchObject([{ code: "JOURNAL_BROKEN", rule: "not-canonical", found: "line 2" }]);
    expect(readJournal(writeStrictBytes({}))).toMatchObject({ ok: false, rule: "unended" });
  });
});

test("R20: each kind of line has a role that may sign it", () => {
  const roles = new Set<KeyRole>(JOURNAL_KINDS.flatMap((kind) => journalRoles(kind)));
  expect([...roles].toSorted()).toEqual(["comparator", "runner"]);
});
