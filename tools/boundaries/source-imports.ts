import { literalText, nameOf, nodeIn, nodesIn, type SyntaxNode } from "./syntax-node.ts";

/** One place where a file names another module or file; `specifier` is undefined when it is computed at run time. */
export interface SourceImport {
  readonly specifier: string | undefined;
  /** The exported names taken; `*` when all can be reached without being named here. */
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  /** `file` when it only names a place (`new URL("x", import.meta.url)`), `module` when it loads code. */
  readonly kind: "module" | "file";
  readonly start: number;
}

/** Reads the import a node expresses, in any of the forms TypeScript and Node know, or undefined. */
export function importAt(node: SyntaxNode): SourceImport | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return fromDeclaration(node);
    case "ImportExpression":
      return at(node, nodeIn(node, "source"));
    case "TSImportType":
      return { ...at(node, nodeIn(node, "source")), typeOnly: true };
    case "TSExternalModuleReference":
      return at(node, nodeIn(node, "expression"));
    case "CallExpression":
      return fromCall(node);
    case "NewExpression":
      return fromUrl(node);
    default:
      return undefined;
  }
}

function fromDeclaration(node: SyntaxNode): SourceImport | undefined {
  const source = nodeIn(node, "source");
  if (source === undefined) return undefined;
  // `import { type X }` still loads the module; only `import type` leaves nothing behind.
  const typeOnly = node.importKind === "type" || node.exportKind === "type";
  const specifiers = nodesIn(node, "specifiers");
  if (node.type === "ExportAllDeclaration") return { ...at(node, source), typeOnly };
  const named = specifiers.map((one) =>
    nodeIn(one, node.type === "ImportDeclaration" ? "imported" : "local"),
  );
  const names = named.map((one) => nameOf(one) ?? literalText(one));
  return { ...at(node, source), typeOnly, names: names.filter((name) => name !== undefined) };
}

/** `require(x)`, `require.resolve(x)` and `import.meta.resolve(x)`. */
function fromCall(node: SyntaxNode): SourceImport | undefined {
  const callee = nodeIn(node, "callee");
  const object = nodeIn(callee, "object");
  const resolves = nameOf(nodeIn(callee, "property")) === "resolve" && callee?.computed === false;
  const byRequire = nameOf(callee) === "require" || (resolves && nameOf(object) === "require");
  const byMeta = resolves && object?.type === "MetaProperty";
  return byRequire || byMeta ? at(node, nodesIn(node, "arguments")[0]) : undefined;
}

function fromUrl(node: SyntaxNode): SourceImport | undefined {
  const [path, base] = nodesIn(node, "arguments");
  const onModule = nodeIn(base, "object")?.type === "MetaProperty";
  if (nameOf(nodeIn(node, "callee")) !== "URL" || !onModule || literalText(path) === undefined)
    return undefined;
  return { ...at(node, path), kind: "file" };
}

function at(node: SyntaxNode, source: SyntaxNode | undefined): SourceImport {
  return { specifier: literalText(source), names: ["*"], typeOnly: false, kind: "module", start: node.start };
}
