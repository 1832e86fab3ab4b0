import { EFFECT_GLOBALS, GUARDED_MEMBERS, RANDOM_NAMES } from "./effects.ts";
import { namesDeclaredIn, opensScope } from "./scope.ts";
import { importAt, type SourceImport } from "./source-imports.ts";
import { childrenOf, nameOf, nodeIn, nodesIn, parseSource, type SyntaxNode } from "./syntax-node.ts";

/** What one source file reaches for: the modules it names and the effects it has without importing anything. */
export interface SourceFacts {
  readonly imports: readonly SourceImport[];
  readonly effects: readonly { readonly what: string; readonly start: number }[];
}

// TypeScript nodes that hold running code; every other TS node is a type and leaves nothing behind.
const RUNNING_TS =
  /^TS(As|Satisfies|NonNull|Instantiation)Expression$|^TS(TypeAssertion|Enum|Module|ParameterProp|ExportAss|ImportEq|ExternalMod)/;
const WITHOUT_REFERENCES = new Set([
  "ImportDeclaration",
  "ExportSpecifier",
  "MetaProperty",
  "BreakStatement",
  "ContinueStatement",
]);

/** Parses a file and collects its imports and effects; throws when the text does not parse. */
export function readSource(file: string, text: string): SourceFacts {
  const program = parseSource(file, text);
  const imports: SourceImport[] = [];
  const effects: { what: string; start: number }[] = [];
  const cryptoNames = cryptoBindings(program);

  function visit(node: SyntaxNode, parent: SyntaxNode, declared: ReadonlySet<string>, isType: boolean): void {
    const inType =
      isType || node.declare === true || (node.type.startsWith("TS") && !RUNNING_TS.test(node.type));
    const found = importAt(node);
    if (found !== undefined) imports.push(inType ? { ...found, typeOnly: true } : found);
    if (WITHOUT_REFERENCES.has(node.type)) return;

    const name = inType ? undefined : nameOf(node);
    if (name !== undefined) {
      const what = cryptoNames.has(name)
        ? guardedUse(name, RANDOM_NAMES, parent, node)
        : declared.has(name)
          ? undefined
          : globalUse(name, parent, node);
      if (what !== undefined) effects.push({ what, start: node.start });
    }
    const inner = opensScope(node) ? new Set([...declared, ...namesDeclaredIn(node)]) : declared;
    const names = nonReferences(node);
    for (const child of childrenOf(node)) if (!names.includes(child)) visit(child, node, inner, inType);
  }

  visit(program, program, new Set(), false);
  return { imports, effects };
}

function globalUse(name: string, parent: SyntaxNode, node: SyntaxNode): string | undefined {
  if (EFFECT_GLOBALS.has(name)) return name;
  if (name === "Date" && readsDateOnly(parent, node)) return undefined;
  const banned = GUARDED_MEMBERS.get(name);
  return banned === undefined ? undefined : guardedUse(name, banned, parent, node);
}

/** `new Date(x)` and `x instanceof Date` know no clock; `new Date()` and `Date()` read it. */
function readsDateOnly(parent: SyntaxNode, node: SyntaxNode): boolean {
  if (parent.type === "BinaryExpression") return parent.operator === "instanceof";
  return parent.type === "NewExpression" && parent.callee === node && nodesIn(parent, "arguments").length > 0;
}

function guardedUse(
  name: string,
  banned: ReadonlySet<string>,
  parent: SyntaxNode,
  node: SyntaxNode,
): string | undefined {
  if (parent.type.startsWith("Import") || parent.type === "UnaryExpression") return undefined;
  if (parent.type !== "MemberExpression" || parent.object !== node) return `${name} used as a value`;
  const member = parent.computed === false ? nameOf(nodeIn(parent, "property")) : undefined;
  if (member === undefined) return `${name}[...]`;
  return banned.has(member) ? `${name}.${member}` : undefined;
}

/** Local names that stand for the whole of node:crypto (`import * as c`, `import c`). */
function cryptoBindings(program: SyntaxNode): Set<string> {
  const names = new Set<string>();
  for (const statement of nodesIn(program, "body")) {
    const from = importAt(statement)?.specifier;
    if (from !== "node:crypto" && from !== "crypto") continue;
    for (const specifier of nodesIn(statement, "specifiers")) {
      const local = nameOf(nodeIn(specifier, "local"));
      if (local !== undefined && specifier.type !== "ImportSpecifier") names.add(local);
    }
  }
  return names;
}

/** Children that are a name written down (a key, a member, a label), not a reference to a variable. */
function nonReferences(node: SyntaxNode): SyntaxNode[] {
  if (node.type === "LabeledStatement") return nodesIn(node, "label");
  return node.computed === false ? [...nodesIn(node, "key"), ...nodesIn(node, "property")] : [];
}
