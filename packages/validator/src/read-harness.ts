import { readDocument, type ReadDocument } from "./read-document.ts";
import { HarnessConfig } from "./harness-config.ts";
import type { RootFinding } from "./root-finding.ts";
import { ROOT_FILES } from "./root-files.ts";

const SWITCH = /^\/lanes\/(case|codex|pi)\/enabledByDefault$/;

/** Reads harness.json; a lane switched on and a lane left out have codes of their own. */
export async function readHarness(root: string): Promise<ReadDocument<HarnessConfig, RootFinding>> {
  const document = await readDocument(root, ROOT_FILES.harness, HarnessConfig);
  return { ...document, findings: [...omittedLanes(document), ...document.findings.map(named)] };
}

function named(finding: RootFinding): RootFinding {
  if (finding.code === "SCHEMA_INVALID" && isAboutScope(finding))
    return { ...finding, code: "SCOPE_INVALID", rule: "scope", expected: "scoped-real-repo" };
  if (finding.code !== "SCHEMA_INVALID" || !SWITCH.test(finding.pointer ?? "")) return finding;
  return { ...finding, code: "DEFAULT_SWITCH_FORBIDDEN", rule: "default-switch", expected: "false" };
}

/** A scope with another value, or none at all. */
function isAboutScope({ pointer, found, expected }: RootFinding): boolean {
  return (
    pointer === "/mutationScope" ||
    (pointer === "" && `${found ?? ""} ${expected ?? ""}`.includes("mutationScope"))
  );
}

function omittedLanes({ json, value, findings }: ReadDocument<HarnessConfig>): RootFinding[] {
  if (value !== null || findings.some(({ code }) => code === "SCHEMA_VERSION")) return [];
  if (typeof json !== "object" || json === null || !("lanes" in json)) return [];
  const { lanes } = json;
  if (typeof lanes !== "object" || lanes === null) return [];
  return Object.keys(HarnessConfig.properties.lanes.properties)
    .filter((lane) => !Object.hasOwn(lanes, lane))
    .map((lane) => ({
      code: "LANE_REGISTRY_INCOMPLETE",
      rule: "lanes",
      file: ROOT_FILES.harness,
      pointer: "/lanes",
      found: `no ${lane}`,
      expected: "case, codex, fake and pi",
    }));
}
