import { literalText, nameOf, nodeIn, nodesIn, type SyntaxNode } from "../boundaries/syntax-node.ts";

/** Initializers of the constants of one module, by name. */
export type Constants = ReadonlyMap<string, SyntaxNode>;

/** Stands for what is only known when the code runs. */
export const UNKNOWN = Symbol("only known when the code runs");

/** The value that an expression of literals, arrays, objects and constants of the same module stands for. */
export function literalValue(node: SyntaxNode | undefined, constants: Constants, depth = 0): unknown {
  if (node === undefined || depth > 20) return UNKNOWN;
  const again = (one: SyntaxNode | undefined): unknown => literalValue(one, constants, depth + 1);
  const text = literalText(node);
  if (text !== undefined) return text;
  switch (node.type) {
    case "Literal":
      return typeof node["value"] === "object" ? UNKNOWN : node["value"];
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return again(nodeIn(node, "expression"));
    case "ArrayExpression":
      return nodesIn(node, "elements").flatMap((element) => {
        if (element.type !== "SpreadElement") return [again(element)];
        const spread = again(nodeIn(element, "argument"));
        return Array.isArray(spread) ? spread.map((one: unknown) => one) : [UNKNOWN];
      });
    case "ObjectExpression":
      return new Map(
        nodesIn(node, "properties").map((property) => [
          nameOf(nodeIn(property, "key")) ?? literalText(nodeIn(property, "key")) ?? UNKNOWN,
          again(nodeIn(property, "value")),
        ]),
      );
    case "Identifier":
      return again(constants.get(nameOf(node) ?? ""));
    default:
      return UNKNOWN;
  }
}
