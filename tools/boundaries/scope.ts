import { childrenOf, nameOf, nodeIn, nodesIn, type SyntaxNode } from "./syntax-node.ts";

const SCOPES = new Set([
  "Program",
  "BlockStatement",
  "StaticBlock",
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "SwitchStatement",
  "CatchClause",
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassDeclaration",
  "ClassExpression",
]);
const NAMED = new Set([
  "FunctionDeclaration",
  "ClassDeclaration",
  "TSEnumDeclaration",
  "TSImportEqualsDeclaration",
]);

/** Whether names declared directly inside this node are invisible outside it. */
export function opensScope(node: SyntaxNode): boolean {
  return SCOPES.has(node.type);
}

/** The value names a scope declares itself: parameters, variables, functions, classes, imports. Types are no values. */
export function namesDeclaredIn(scope: SyntaxNode): Set<string> {
  const names = new Set<string>();
  const own = [...nodesIn(scope, "params"), ...nodesIn(scope, "param"), ...nodesIn(scope, "id")];
  for (const pattern of own) addPattern(pattern, names);
  for (const child of childrenOf(scope)) addDeclared(child, names);
  return names;
}

function addDeclared(node: SyntaxNode, names: Set<string>): void {
  if (node.declare === true || node.importKind === "type") return;
  if (NAMED.has(node.type) || node.type === "VariableDeclarator") addPattern(nodeIn(node, "id"), names);
  if (node.type.startsWith("Import") && node.type.endsWith("Specifier"))
    addPattern(nodeIn(node, "local"), names);
  if (opensScope(node)) return;
  for (const child of childrenOf(node)) addDeclared(child, names);
}

function addPattern(pattern: SyntaxNode | undefined, names: Set<string>): void {
  if (pattern === undefined) return;
  const name = nameOf(pattern);
  if (name !== undefined) names.add(name);
  if (pattern.type === "AssignmentPattern") addPattern(nodeIn(pattern, "left"), names);
  if (pattern.type === "RestElement") addPattern(nodeIn(pattern, "argument"), names);
  if (pattern.type === "TSParameterProperty") addPattern(nodeIn(pattern, "parameter"), names);
  for (const element of nodesIn(pattern, "elements")) addPattern(element, names);
  for (const property of nodesIn(pattern, "properties")) {
    addPattern(property.type === "Property" ? nodeIn(property, "value") : property, names);
  }
}
