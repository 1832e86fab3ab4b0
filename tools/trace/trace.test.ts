import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTrace } from "./read-trace.ts";
import { renderTrace } from "./render-trace.ts";
import { REQUIREMENTS } from "./requirements.ts";
import { readTestTitles } from "./test-titles.ts";
import { deriveTrace } from "./trace.ts";

const root = join(import.meta.dirname, "../..");
const titles = (text: string): string[] =>
  readTestTitles("a.test.ts", text).map(({ groups, title }) => [...groups, title].join(" > "));

describe("the titles of a source", () => {
  it("are read without running it, with the groups around them", () => {
    expect(
      titles(`describe("group", () => { it("one", () => {}); test(\`two\`, async () => {}); });`),
    ).toEqual(["group > one", "group > two"]);
  });

  it("are filled in from tables of literals, by place and by name", () => {
    const source = `
      const REST = [["c", 3]] as const;
      const NAMED = [{ code: "X_Y" }];
      test.each([["a", 1], ["b", 2], ...REST])("%s is %i of %%", () => {});
      it.each(NAMED)("gives $code", () => {});
      it.each(["plain"])("takes %s", () => {});`;
    expect(titles(source)).toEqual(["a is 1 of %", "b is 2 of %", "c is 3 of %", "gives X_Y", "takes plain"]);
  });

  it("keep their places where a table is only known when it runs", () => {
    expect(titles(`test.each(rows().map((row) => [row]))("has %s", () => {});`)).toEqual(["has %s"]);
  });

  it("are no titles of other calls", () => {
    expect(
      titles(`expect("R1: nothing"); other.each([1])("R1: nothing", () => {}); test(title, () => {});`),
    ).toEqual([]);
  });
});

describe("a trace", () => {
  const wants = [
    { id: "R1", text: "one", codes: ["A_B", "C_D|E_F"] },
    { id: "R2", text: "two", by: ["R1"] },
  ];
  const missing = (...given: string[]): string[] => {
    const { requirements } = deriveTrace(
      wants,
      given.map((title) => ({ file: "a.test.ts", groups: [], title })),
    );
    return requirements.flatMap(({ requirement, missing: open }) =>
      open.map((one) => `${requirement.id} ${one}`),
    );
  };

  it("wants a test of what holds and one for each code", () => {
    expect(missing()).toEqual([
      "R1 a test of what holds",
      "R1 a test that names A_B",
      "R1 a test that names C_D or E_F",
      "R1 2 tests of refusals, there are 0",
      "R2 a test of what holds",
      "R2 1 tests of refusals, there are 0",
    ]);
    expect(missing("R1: holds", "R1: refuses (A_B)", "R1: refuses (E_F)")).toEqual([]);
  });

  it("counts a test for every id that it or its group names", () => {
    const { requirements } = deriveTrace(wants, [
      { file: "a.test.ts", groups: ["R1: group"], title: "R2: refuses (A_B)" },
    ]);
    expect(requirements.map(({ refuses }) => refuses.length)).toEqual([1, 2]);
  });

  it("names an id that does not exist", () => {
    const { unknown } = deriveTrace(wants, [{ file: "a.test.ts", groups: [], title: "R1, R9: holds" }]);
    expect(unknown).toEqual(["R9 in a.test.ts: R1, R9: holds"]);
  });

  it("shows what is missing on the page", () => {
    expect(renderTrace(deriveTrace(wants, []))).toContain("- **missing**: a test that names A\\_B");
  });
});

it("a work tree whose tests name an id that does not exist, or leave one out, is told of both", () => {
  const folder = mkdtempSync(join(tmpdir(), "stage6-trace-"));
  try {
    for (const name of ["packages/a/src", "tools"]) mkdirSync(join(folder, name), { recursive: true });
    const cite = (id: string): string => `import { it } from "vitest";\nit("${id}: holds", () => {});\n`;
    writeFileSync(join(folder, "packages/a/src/a.test.ts"), cite("R17"));
    writeFileSync(join(folder, "tools/b.test.ts"), cite("R59"));
    const { requirements, unknown } = readTrace(folder);
    expect(unknown).toEqual(["R59 in tools/b.test.ts: R59: holds"]);
    const open = requirements.filter(({ missing }) => missing.length > 0);
    expect(open.map(({ requirement }) => requirement.id)).toEqual(
      REQUIREMENTS.map(({ id }) => id).filter((id) => id !== "R17"),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the trace of this repository", () => {
  const trace = readTrace(root);

  it("names every requirement from R1 to R58 once", () => {
    expect(REQUIREMENTS.map(({ id }) => id)).toEqual(Array.from({ length: 58 }, (_, at) => `R${at + 1}`));
  });

  it("has the tests of every requirement, and no unknown one", () => {
    const open = trace.requirements.flatMap(({ requirement, missing }) =>
      missing.map((one) => `${requirement.id}: ${one}`),
    );
    expect([...open, ...trace.unknown]).toEqual([]);
  });

  it("is the page in docs/", () => {
    expect(readFileSync(join(root, "docs/requirements-trace.md"), "utf8")).toBe(renderTrace(trace));
  });
});
