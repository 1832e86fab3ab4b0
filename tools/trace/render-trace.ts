import type { Citation, Trace, TracedRequirement } from "./trace.ts";

/** The trace as a Markdown page: every requirement with the tests that name it. */
export function renderTrace({ requirements }: Trace): string {
  const tests = new Set(requirements.flatMap(({ holds, refuses }) => [...holds, ...refuses].map(keyOf)));
  return [
    "# Requirements and their tests",
    "",
    "Generated from the titles of the tests by `node tools/run-source.mjs tools/generate-trace.ts`; do not edit. A title",
    "names its requirements in front (`R40: ...`) and the code of the refusal it shows. CI fails on a requirement without",
    "its tests, and on an id that does not exist. The sentences come from [the PRD](planning/prd.md).",
    "",
    `${requirements.length} requirements, ${tests.size} tests.`,
    ...requirements.flatMap(renderOne),
    "",
  ].join("\n");
}

const keyOf = ({ file, title }: Citation): string => `${file}\n${title}`;

function renderOne({ requirement, holds, refuses, missing }: TracedRequirement): string[] {
  const { id, text, by } = requirement;
  return [
    "",
    `## ${id}: ${text}`,
    "",
    ...(by === undefined ? [] : [`Shown by the tests of ${by.join(" and ")}, listed there as well.`, ""]),
    ...section("Holds", by === undefined ? holds : holds.slice(0, 3)),
    ...section("Refuses", by === undefined ? refuses : refuses.slice(0, 3)),
    ...missing.map((one) => `- **missing**: ${escape(one)}`),
  ];
}

function section(name: string, citations: readonly Citation[]): string[] {
  const lines = new Map(citations.map((one) => [keyOf(one), one]));
  return [...lines.values()].map(({ file, title }) => `- ${name}: ${escape(title)} ([test](../${file}))`);
}

const escape = (text: string): string => text.replaceAll(/[\\`*_<>|[\]]/g, "\\$&").replaceAll("\n", " ");
