import type { RawRef } from "../event-parts.ts";

/** Raw output of a backend, built line by line; each line gives the byte range that an event points to. */
export class SampleStream {
  readonly artifact: string;
  #text = "";

  constructor(artifact: string) {
    this.artifact = artifact;
  }

  /** Adds one line of JSON and returns its range, without the newline. */
  line(record: unknown): RawRef {
    const text = JSON.stringify(record);
    const offset = Buffer.byteLength(this.#text);
    this.#text += `${text}\n`;
    return { artifact: this.artifact, offset, length: Buffer.byteLength(text) };
  }

  /** Everything printed so far. */
  get bytes(): Buffer {
    return Buffer.from(this.#text);
  }
}
