import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FOUNDER } from "@stage6/eligibility/testing";
import { validateRoot } from "@stage6/validator";
import { writeGateRoot } from "@stage6/validator/testing";

/** What judging a whole root of the default size took. */
export interface ValidateBench {
  readonly bundles: number;
  /** Median of the rounds, ms. */
  readonly ms: number;
}

/** Judges a root of 4 lanes, 6 fixtures and 10 trials each with sample bundles; the goal is under 5 s on two quiet cores. */
export async function benchValidate(rounds: number): Promise<ValidateBench> {
  const folder = mkdtempSync(join(tmpdir(), "stage6-bench-"));
  try {
    const { root, bundles } = await writeGateRoot(join(folder, "harness"), {
      evidenceClass: "live",
      trials: 10,
    });
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      const { counts } = await validateRoot({ root, now: "2026-06-05T00:00:00.000Z", founder: FOUNDER });
      times.push(performance.now() - start);
      if (counts.trials.present !== bundles.length) throw new Error("the sample root is not sound");
    }
    const sorted = times.toSorted((a, b) => a - b);
    return { bundles: bundles.length, ms: sorted[Math.floor(sorted.length / 2)] ?? 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
