import { mapStrings } from "./map-strings.ts";
import { secretForms, type SecretForm } from "./secret-forms.ts";

/** Where a secret was found and masked. */
export interface SecretHit {
  readonly artifact: string;
  readonly form: string;
  readonly count: number;
}

/**
 * Masks declared secrets with `*` of the same length, so that byte offsets into an artifact stay true, and counts
 * what it masked per artifact and form.
 */
export class SecretMask {
  readonly #forms: readonly SecretForm[];
  readonly #hiddenForms: readonly SecretForm[];
  readonly #hits = new Map<string, SecretHit>();
  readonly declared: number;

  /** `hidden` are texts that are masked too, and that are no hit where they stand. */
  constructor(secrets: readonly string[], hidden: readonly string[] = []) {
    this.declared = secrets.length;
    this.#forms = secrets.flatMap((secret) => secretForms(secret));
    this.#hiddenForms = hidden.flatMap((text) => secretForms(text));
  }

  /** Masks in place; returns whether anything was found. */
  maskBytes(bytes: Buffer, artifact: string): boolean {
    let found = false;
    const fill = ({ bytes: needle }: SecretForm, onHit: () => void): void => {
      for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + needle.length)) {
        bytes.fill(42, at, at + needle.length);
        onHit();
        found = true;
      }
    };
    for (const form of this.#forms) fill(form, () => this.#count(artifact, form.form));
    for (const form of this.#hiddenForms) fill(form, () => undefined);
    return found;
  }

  /** The same bytes masked, piece by piece; a secret that lies across a border is found too. */
  *maskChunks(chunks: Iterable<Uint8Array>, artifact: string): Generator<Buffer, void> {
    const overlap = Math.max(
      0,
      ...[...this.#forms, ...this.#hiddenForms].map(({ bytes }) => bytes.length - 1),
    );
    let open: Buffer = Buffer.alloc(0);
    for (const chunk of chunks) {
      const bytes = Buffer.concat([open, chunk]);
      this.maskBytes(bytes, artifact);
      const done = Math.max(0, bytes.length - overlap);
      if (done > 0) yield bytes.subarray(0, done);
      open = bytes.subarray(done);
    }
    if (open.length > 0) yield open;
  }

  /** The value with every string in it masked; the same object when there was nothing to mask. */
  maskValue<T>(value: T, artifact: string): T {
    // String by string: over the whole text a secret of digits would turn a number into something that is no JSON.
    return mapStrings(value, (text) => {
      const bytes = Buffer.from(text, "utf8");
      return this.maskBytes(bytes, artifact) ? bytes.toString("utf8") : text;
    });
  }

  /** What was masked so far, sorted. */
  hits(): SecretHit[] {
    return [...this.#hits.values()].toSorted((a, b) => (a.artifact + a.form < b.artifact + b.form ? -1 : 1));
  }

  #count(artifact: string, form: string): void {
    const key = `${artifact}\0${form}`;
    const known = this.#hits.get(key);
    this.#hits.set(key, { artifact, form, count: (known?.count ?? 0) + 1 });
  }
}
