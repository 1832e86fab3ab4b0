import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkDocument, type HarnessRef } from "@stage6/evidence-interface";
import Type from "typebox";

const Version = Type.Object({ version: Type.String({ minLength: 1, maxLength: 64 }) });

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { value } = checkDocument(Version, JSON.parse(text), "package.json");
  if (value === null) throw new TypeError("the package.json of stage6 holds no version");
  return value.version;
}

/** Name and version of this tool, as documents carry them. */
export const TOOL: HarnessRef = { name: "stage6", version: readVersion() };

/** Folder of the built-in fixtures, absolute. */
export const BUILT_IN_FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** Folder of the pinned backends' manifests and locks, absolute. */
export const BUILT_IN_BACKENDS = fileURLToPath(new URL("../backends/", import.meta.url));
