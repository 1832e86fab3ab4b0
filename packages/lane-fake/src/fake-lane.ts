import { CONTRACT_VERSION, type Lane } from "@stage6/lane-contract";
import { fakePlan } from "./fake-plan.ts";
import { readFakeProbe } from "./fake-probe.ts";
import { fakeTranslator } from "./fake-translator.ts";
import { ADAPTER_VERSION, TESTED_VERSIONS } from "./version.ts";

/** The lane whose backend plays a script instead of asking a model; supervised like any other. */
export const fakeLane: Lane = {
  id: "fake",
  contractVersion: CONTRACT_VERSION,
  adapterVersion: ADAPTER_VERSION,
  modelClass: "none",
  // The same relative place from src/ and from dist/.
  backend: { kind: "node-script", url: new URL("../backend/fake-backend.mjs", import.meta.url).href },
  probe: { args: ["--version"], read: readFakeProbe },
  plan: fakePlan,
  translator: fakeTranslator,
  toolCall: () => null,
  testedVersions: TESTED_VERSIONS,
};
