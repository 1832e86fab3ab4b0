import type { Requirement } from "./requirement.ts";
import type { TestTitle } from "./test-titles.ts";

/** A test that names requirements. */
export interface Citation {
  readonly file: string;
  /** Title without the ids. */
  readonly title: string;
  /** Codes of refusals that the title names; without one the test shows what holds. */
  readonly codes: readonly string[];
}

/** One requirement with the tests that name it. */
export interface TracedRequirement {
  readonly requirement: Requirement;
  readonly holds: readonly Citation[];
  readonly refuses: readonly Citation[];
  /** What is still wanted; empty when it is proven. */
  readonly missing: readonly string[];
}

/** All requirements with their tests, and titles that name a requirement that does not exist. */
export interface Trace {
  readonly requirements: readonly TracedRequirement[];
  readonly unknown: readonly string[];
}

const IDS = /^((?:R[0-9]+(?:, ?|\/| and )?)+): +/;
const CODE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|(?<=\()[A-Z][A-Z0-9]{2,}(?=\))/g;

/** Requirements that a title names in front: `R40: ...` or `R28, R51: ...`. */
function idsOf(title: string): string[] {
  return IDS.exec(title)?.[1]?.match(/R[0-9]+/g) ?? [];
}

/** Maps requirements to the tests that name them, in titles of their own or of the groups around them. */
export function deriveTrace(requirements: readonly Requirement[], titles: readonly TestTitle[]): Trace {
  const known = new Set(requirements.map(({ id }) => id));
  const citations = new Map<string, Citation[]>();
  const unknown: string[] = [];
  for (const { file, groups, title } of titles) {
    const text = [...groups, title].map((one) => one.replace(IDS, "")).join(" > ");
    const citation: Citation = { file, title: text, codes: [...new Set(text.match(CODE) ?? [])] };
    for (const id of new Set([...groups, title].flatMap(idsOf)))
      if (known.has(id)) citations.set(id, [...(citations.get(id) ?? []), citation]);
      else unknown.push(`${id} in ${file}: ${title}`);
  }
  return {
    requirements: requirements.map((requirement) => traceOne(requirement, citations)),
    unknown: unknown.toSorted(),
  };
}

function traceOne(
  requirement: Requirement,
  citations: ReadonlyMap<string, readonly Citation[]>,
): TracedRequirement {
  const ids = [requirement.id, ...(requirement.by ?? [])];
  const all = ids.flatMap((id) => citations.get(id) ?? []);
  const holds = all.filter(({ codes }) => codes.length === 0);
  const refuses = all.filter(({ codes }) => codes.length > 0);
  const named = new Set(refuses.flatMap(({ codes }) => codes));
  const wanted = requirement.refusals ?? requirement.codes?.length ?? (requirement.by === undefined ? 0 : 1);
  const missing = [
    ...(holds.length === 0 ? ["a test of what holds"] : []),
    ...(requirement.codes ?? [])
      .filter((code) => !code.split("|").some((one) => named.has(one)))
      .map((code) => `a test that names ${code.replaceAll("|", " or ")}`),
    ...(refuses.length < wanted ? [`${wanted} tests of refusals, there are ${refuses.length}`] : []),
  ];
  return { requirement, holds, refuses, missing };
}
