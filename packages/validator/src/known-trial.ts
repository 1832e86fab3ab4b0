import { join } from "node:path";
import {
  BUNDLE_FILES,
  checkDocument,
  Manifest,
  MAX_DOCUMENT_BYTES,
  Observation,
  Report,
  sha256,
  type EventType,
  type Sha256,
} from "@stage6/evidence-interface";
import type { Static, TSchema } from "typebox";
import { readBytes } from "./bundle-identity.ts";
import type { KnownBundle } from "./known-bundle.ts";
import type { CollectedTrial } from "./read-trial.ts";
import type { RootInput } from "./root-input.ts";

/** Where a trial is. */
type Place = Pick<CollectedTrial, "lane" | "fixture" | "number" | "folder">;

/**
 * A trial whose bundle was found sound before and is unchanged. A document is read when it is asked for and held against
 * the digest that the bundle is known by, so that what is judged is never another one; null when it is not that any more.
 */
export class KnownTrial implements CollectedTrial {
  readonly lane: string;
  readonly fixture: string;
  readonly number: number;
  readonly folder: string;
  readonly state = "present";
  readonly findings = [];
  readonly verifiedBefore = true;
  readonly bundleDigest: Sha256;
  readonly eventTypes: readonly EventType[];
  readonly inputs: readonly RootInput[];
  readonly #path: string;
  readonly #bundle: KnownBundle;
  #manifest: Manifest | null | undefined;
  #report: Report | null | undefined;
  #observation: Observation | null | undefined;

  constructor(
    root: string,
    { lane, fixture, number, folder }: Place,
    bundle: KnownBundle,
    inputs: readonly RootInput[],
  ) {
    [this.lane, this.fixture, this.number, this.folder] = [lane, fixture, number, folder];
    this.bundleDigest = bundle.manifest;
    this.eventTypes = bundle.eventTypes;
    this.inputs = inputs;
    this.#path = join(root, folder);
    this.#bundle = bundle;
  }

  get manifest(): Manifest | null {
    if (this.#manifest === undefined)
      this.#manifest = this.#read(BUNDLE_FILES.manifest, Manifest, this.#bundle.manifest);
    return this.#manifest;
  }

  get report(): Report | null {
    if (this.#report === undefined)
      this.#report = this.#read(BUNDLE_FILES.report, Report, this.#bundle.report);
    return this.#report;
  }

  get observation(): Observation | null {
    if (this.#observation === undefined)
      this.#observation = this.#read(BUNDLE_FILES.observation, Observation, this.#bundle.observation);
    return this.#observation;
  }

  #read<T extends TSchema>(file: string, schema: T, digest: Sha256): Static<T> | null {
    const bytes = readBytes(join(this.#path, file), MAX_DOCUMENT_BYTES);
    if (bytes === null || sha256(bytes) !== digest) return null;
    // These bytes were read strictly when they were checked.
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    return checkDocument(schema, json, file).value;
  }
}
