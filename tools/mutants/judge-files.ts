import type { Finding, TrialRef } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { judgeFiles as judge } from "@stage6/failure-matrix";
import type { Files } from "./bundle-mutator.ts";

const { trusted } = testKeys();

/** What a reader finds in a mutant that lies in memory, under the keys of the samples. */
export function judgeFiles(files: Files, expected: TrialRef | null = null): readonly Finding[] {
  return judge(files, trusted, expected);
}
