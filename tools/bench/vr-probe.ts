import { mkdtempSync } from "node:fs";
import { writeSampleRoot } from "@stage6/validator/testing";
import type { SampleDraft } from "@stage6/evidence-interface/testing";
const [root = "", claims = "120", bundles = "1000"] = process.argv.slice(2);
function said(at: number): SampleDraft {
  const raw = { artifact: "artifacts/stdout.raw", offset: at % 100, length: 10 };
  return ["agent.messaged", { raw, kind: "reasoning", text: `Looking at step ${at} of the plan now.`, truncated: false }];
}
await writeSampleRoot(root, {
  plan: (plan) => ({ ...plan, trialsPerCell: Math.ceil(Number(bundles) / 4) }),
  trial: (trial) => {
    const at = trial.events.findIndex(([type]) => type === "process.ended");
    const list = Array.from({ length: Number(claims) }, (_, index) => said(index));
    return { ...trial, events: [...trial.events.slice(0, at), ...list, ...trial.events.slice(at)] };
  },
});
