import { checkPlanning } from "../planning/check-planning.ts";

// A program for tests: checks one planning artifact of 512 KiB after the other, each made of what a pattern could try from each of its
// places, and prints the name of each and how many findings there were. Its caller sets the deadline.
const SIZE = 2 ** 19;
const fill = (piece: string): string => piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE);
const front = (body: string): string => `---\n${body}\n---\n`;
const below = (line: string): string => `${front("name: x")}\n## Acceptance Criteria\n\n${line}\n`;

const SHAPES: Readonly<Record<string, string>> = {
  "blanks in a line": `a${fill(" ")}b\n`,
  "tabs in a line": `a${fill("\t")}b\n`,
  "no-break spaces in a line": `a${fill("\u00a0")}b\n`,
  "blanks before a word that begins a clause": `a${fill(" ")}but b\n`,
  "blanks and full stops": `${fill(". ")}b\n`,
  "blanks behind a heading": `# a${fill(" ")}b\n`,
  "marks behind a heading": `# a ${fill("#")}b\n`,
  "blanks and marks behind a heading": `# a${fill(" #")}b\n`,
  "blanks before a heading's text": `# ${fill(" ")}b\n`,
  "a heading of blanks that a line separator ends": `# ${fill(" ")}\u2028b\n`,
  "marks of a heading": `${fill("#")}\n`,
  "blanks in front matter": front(`name: a${fill(" ")}b`),
  "blanks in front matter that a line separator ends": front(`name: ${fill(" ")}\u2028`),
  "letters of a key": front(fill("a")),
  "quotes in front matter": front(`name: ${fill('"')}`),
  "keys in front matter": front(fill("a: b\n")),
  "a table of bars": `${fill("|")}\n|${fill("-")}x\n|${fill("|")}\n`,
  "blanks in a table": `|a|\n|${fill(" ")}x\n`,
  "blanks of a list item": below(`- ${fill(" ")}x`),
  "blanks of a list item that a line separator ends": below(`- ${fill(" ")}\u2028x`),
  "blanks of a criterion that a line separator ends": below(`- AC-01:${fill(" ")}\u2028x`),
  "list items": below(fill("- AC-01: x\n")),
  "numbers of a list item": below(fill("1")),
  "lines of one paragraph": fill("a\n"),
  "marks of a code fence": `${fill("`")}\n`,
  "code fences": fill("```\n"),
  "carriage returns": `${fill("\r")}x\n`,
  "headings and criteria": fill("# x\n- [ ] AC1: y\n"),
  "words that begin a rule": `${fill("make case ")}\n`,
  "words that begin a rule and come to nothing": `${fill("make the case as the ")}\n`,
  "words that refuse": `${fill("no not never ")}may push\n`,
};

for (const [name, text] of Object.entries(SHAPES)) {
  const asPrd = checkPlanning({ prd: { file: "prd.md", text }, issues: [] });
  const asIssue = checkPlanning({ prd: { file: "prd.md", text: "" }, issues: [{ file: "1.md", text }] });
  process.stdout.write(
    `${name}: ${asPrd.findings.length + asIssue.findings.length > 0 ? "refused" : "holds"}\n`,
  );
}
