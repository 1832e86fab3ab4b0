import { parseSync, visitorKeys } from "oxc-parser";
import { isRecord } from "./is-record.ts";

/** A node of the syntax tree, seen only by what every node has; other fields are read through the helpers below. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Parses one source file; throws with the parser's message when the text is not valid TypeScript or JavaScript. */
export function parseSource(file: string, text: string): SyntaxNode {
  const { program, errors } = parseSync(file, text, { sourceType: "module", preserveParens: false });
  const error = errors.find((one) => one.severity === "Error");
  if (error !== undefined) throw new Error(error.message);
  if (!isNode(program)) throw new Error("the parser returned no program");
  return program;
}

/** The nodes directly below a node, in source order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const fields = visitorKeys[node.type] ?? [];
  return fields.flatMap((field) => nodesIn(node, field));
}

/** The node, or every node of the list, in one field; empty when the field holds none. */
export function nodesIn(node: SyntaxNode, field: string): SyntaxNode[] {
  const value = node[field];
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

/** The single node in one field, if it is there and of the wanted type (any type when none is given). */
export function nodeIn(node: SyntaxNode | undefined, field: string, type?: string): SyntaxNode | undefined {
  const value = node?.[field];
  return isNode(value) && (type === undefined || value.type === type) ? value : undefined;
}

/** The name of an identifier node, or undefined for any other node. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === "Identifier" && typeof node.name === "string" ? node.name : undefined;
}

/** The text of a string literal or of a template without holes, or undefined when it is not known before running. */
export function literalText(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type !== "TemplateLiteral" || nodesIn(node, "expressions").length > 0) return undefined;
  const value = nodesIn(node, "quasis")[0]?.value;
  return isRecord(value) && typeof value.cooked === "string" ? value.cooked : undefined;
}

function isNode(value: unknown): value is SyntaxNode {
  return isRecord(value) && typeof value.type === "string" && typeof value.start === "number";
}
