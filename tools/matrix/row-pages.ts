import {
  closuresOf,
  knownMatrix,
  LAYERS,
  type FailureRow,
  type Injector,
  type Layer,
  type Way,
} from "@stage6/failure-matrix";

const LAYER_WORDS: Readonly<Record<Layer, string>> = {
  P: "the model, behind the gateway",
  W: "what stands around: the process, or the runner",
  L: "the fake lane's own script",
  E: "a finished bundle",
  G: "an input of the gate",
};

function code(text: string): string {
  const ticks = text.includes("`") ? "``" : "`";
  return `${ticks}${text}${ticks}`;
}

/** A value inside a table cell or list item, on one line. */
function oneLine(value: unknown): string {
  return code(JSON.stringify(value).replaceAll("|", "\\u007c"));
}

function injectorLines(injector: Injector): string[] {
  switch (injector.kind) {
    case "scripted-model":
    case "fake-scenario":
    case "process-wrapper":
      return [
        `- injector ${code(injector.kind)}, profile ${code(injector.profile)}${injector.base === "moved" ? ", the fixture names another tree than its target has" : ""}`,
        ...(injector.kind === "process-wrapper"
          ? Object.entries(injector.wrapper).map(([part, text]) => `- wrapper ${part}: ${oneLine(text)}`)
          : []),
        ...injector.files.map(({ path }) => `- the target also holds ${code(path)}`),
        `- steps: ${stepWords(injector.steps)}`,
        ...(injector.roles ?? []).map(({ role, steps }) => `- steps of its ${role}: ${stepWords(steps)}`),
      ];
    case "bundle-mutation":
      return [
        `- injector ${code(injector.kind)}`,
        ...injector.mutations.map((one) => `- edit: ${oneLine(one)}`),
      ];
    case "gate-input":
      return [
        `- injector ${code(injector.kind)}: the ${injector.input} is spoiled by ${injector.changes.map(code).join(", ")}, each on a sound copy`,
      ];
    case "runner-drill":
      return [`- injector ${code(injector.kind)}: ${code(injector.drill)}`];
  }
}

/** Steps in order; a run of the same step is counted. */
function stepWords(steps: readonly unknown[]): string {
  const words: { text: string; count: number }[] = [];
  for (const step of steps) {
    const text = oneLine(step);
    const last = words.at(-1);
    if (last?.text === text) last.count += 1;
    else words.push({ text, count: 1 });
  }
  return words.map(({ text, count }) => (count === 1 ? text : `${text} (${count} times)`)).join(", ");
}

function wayLines(way: Way, at: number): string[] {
  const { expected } = way;
  const more =
    expected.kind === "codes"
      ? []
      : [
          ...(expected.or === undefined
            ? []
            : [`- or closure ${code(expected.or.closure)}: ${expected.or.why}`]),
          ...(expected.also === undefined
            ? []
            : [`- among the other classes: ${expected.also.map(code).join(", ")}`]),
          ...(expected.attempted === undefined
            ? []
            : [`- counted as attempted: ${expected.attempted.map(code).join(", ")}`]),
          ...(expected.rules === undefined
            ? []
            : [`- violations listed of: ${expected.rules.map(code).join(", ")}`]),
        ];
  return [
    `## Way ${at + 1}: ${LAYER_WORDS[way.layer]} (${way.layer})`,
    "",
    `- lanes: ${way.lanes.join(", ")}`,
    ...injectorLines(way.injector),
    expected.kind === "closure"
      ? `- expected closure: ${code(expected.closure)}`
      : `- expected codes: ${expected.codes.map(code).join(", ")}`,
    ...more,
    "",
  ];
}

function page(row: FailureRow): string {
  return [
    `# ${row.id}: ${row.title}`,
    "",
    row.cause,
    "",
    `Requirements: ${row.requirements.join(", ")}. [All rows](README.md)`,
    "",
    ...row.ways.flatMap(wayLines),
    ...(row.undrivable.length === 0 ? [] : ["## Not drivable", ""]),
    ...row.undrivable.map(({ lane, why }) => `- ${lane}: ${why}`),
    ...(row.undrivable.length === 0 ? [] : [""]),
  ].join("\n");
}

const expectations = ({ ways }: FailureRow): string =>
  [
    ...new Set(
      ways.flatMap(({ expected }): readonly string[] =>
        expected.kind === "closure" ? closuresOf(expected) : expected.codes,
      ),
    ),
  ]
    .map(code)
    .join(", ");

function overview(rows: readonly FailureRow[]): string {
  return [
    "# The failure matrix",
    "",
    "Every known bad state, how it is brought about, and how it has to end. These pages are made from the rows of",
    "`@stage6/failure-matrix` by `tools/generate-matrix-pages.ts`; `stage6 matrix` drives them and shows which are closed.",
    "",
    ...LAYERS.map((layer) => `- **${layer}** acts on ${LAYER_WORDS[layer]}`),
    "",
    "| row | bad state | layers | lanes | closure or codes |",
    "|---|---|---|---|---|",
    ...rows.map((row) => {
      const layers = LAYERS.filter((layer) => row.ways.some((way) => way.layer === layer));
      const lanes = [...new Set(row.ways.flatMap((way) => way.lanes))].toSorted();
      return `| [${row.id}](${row.id}.md) | ${row.title} | ${layers.join(", ")} | ${lanes.join(", ")} | ${expectations(row)} |`;
    }),
    "",
  ].join("\n");
}

/** The pages of docs/matrix, by file name. */
export function rowPages(): ReadonlyMap<string, Uint8Array> {
  const { rows } = knownMatrix();
  return new Map<string, Uint8Array>([
    ["README.md", Buffer.from(overview(rows))],
    ...rows.map((row): [string, Uint8Array] => [`${row.id}.md`, Buffer.from(page(row))]),
  ]);
}
