import {
  childrenOf,
  literalText,
  nameOf,
  nodeIn,
  nodesIn,
  parseSource,
  type SyntaxNode,
} from "../boundaries/syntax-node.ts";
import { literalValue, UNKNOWN, type Constants } from "./literal-value.ts";

/** A test as its source names it: every row of a table of literals is a test of its own. */
export interface TestTitle {
  readonly file: string;
  /** Titles of the groups around it, outermost first. */
  readonly groups: readonly string[];
  readonly title: string;
}

/**
 * Titles of every test in a source file, without running it. Rows of `test.each` are filled in where the table is made of
 * literals; where it is not, the title keeps its placeholders.
 */
export function readTestTitles(file: string, text: string): TestTitle[] {
  const program = parseSource(file, text);
  const constants = constantsOf(program);
  const found: TestTitle[] = [];
  const visit = (node: SyntaxNode, groups: readonly string[]): void => {
    const call = testCall(node, constants);
    if (call?.kind === "test") for (const title of call.titles) found.push({ file, groups, title });
    const below = call?.kind === "group" ? [...groups, ...call.titles.slice(0, 1)] : groups;
    for (const child of childrenOf(node)) visit(child, below);
  };
  visit(program, []);
  return found;
}

function constantsOf(program: SyntaxNode): Constants {
  const constants = new Map<string, SyntaxNode>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === "VariableDeclarator") {
      const name = nameOf(nodeIn(node, "id"));
      const init = nodeIn(node, "init");
      if (name !== undefined && init !== undefined) constants.set(name, init);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return constants;
}

function testCall(
  node: SyntaxNode,
  constants: Constants,
): { readonly kind: "test" | "group"; readonly titles: readonly string[] } | null {
  if (node.type !== "CallExpression") return null;
  const [first] = nodesIn(node, "arguments");
  const title = literalText(first);
  if (title === undefined) return null;
  const callee = nodeIn(node, "callee");
  const direct = kindOf(nameOf(callee));
  if (direct !== null) return { kind: direct, titles: [title] };
  // test.each(table)("title", body), and modifiers such as test.runIf(condition)("title", body)
  if (callee?.type !== "CallExpression") return null;
  const member = nodeIn(callee, "callee", "MemberExpression");
  const kind = kindOf(nameOf(nodeIn(member, "object")));
  if (kind === null) return null;
  const each = nameOf(nodeIn(member, "property")) === "each";
  const rows = each ? literalValue(nodesIn(callee, "arguments")[0], constants) : UNKNOWN;
  return { kind, titles: Array.isArray(rows) ? rows.map((row) => fillIn(title, row)) : [title] };
}

function kindOf(name: string | undefined): "test" | "group" | null {
  if (name === "test" || name === "it") return "test";
  return name === "describe" ? "group" : null;
}

/** A title with the values of one row in the places that vitest fills: `%s` and the like in order, `$name` by field. */
function fillIn(title: string, row: unknown): string {
  const values: readonly unknown[] = Array.isArray(row) ? row : [row];
  let at = 0;
  return title
    .replace(/%[sdifjo]/g, (mark) => show(values[at++], mark))
    .replaceAll("%%", "%")
    .replace(/\$([a-zA-Z]\w*)/g, (mark, name: string) =>
      show(row instanceof Map ? row.get(name) : UNKNOWN, mark),
    );
}

function show(value: unknown, otherwise: string): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : otherwise;
}
