import { CONTRACT_VERSION, isRecord, type Lane } from "@stage6/lane-contract";

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** Whether a value of a stranger's module has the parts of a lane for this contract; what they do, the rules find out. */
export function isLane(value: unknown): value is Lane {
  if (!isRecord(value)) return false;
  const { id, contractVersion, adapterVersion, modelClass, backend, probe, testedVersions } = value;
  return (
    typeof id === "string" &&
    contractVersion === CONTRACT_VERSION &&
    typeof adapterVersion === "string" &&
    (modelClass === "model" || modelClass === "none") &&
    isRecord(backend) &&
    typeof backend.kind === "string" &&
    isRecord(probe) &&
    isTexts(probe.args) &&
    typeof probe.read === "function" &&
    isTexts(testedVersions) &&
    [value.plan, value.translator, value.toolCall].every((part) => typeof part === "function")
  );
}
