import type { CompareInput, Comparison, Policy } from "@stage6/comparator";
import { Count, Id, oneOf, ShortText, type TrialPlan } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import type { AdmissionRecord } from "../admission/check-admission.ts";
import type { RecordType } from "../ledger/ledger-entry.ts";
import { closed } from "../schema-parts.ts";
import { ADDRESS_CLASSES, addressClass } from "./address-class.ts";

/** What a proof, and a record of it, rests on, beside the comparison itself. */
export const Grounds = closed(
  {
    evidenceClass: oneOf(["live", "scripted"], "Scripted evidence yields a rehearsal only."),
    model: closed(
      {
        provider: Type.String({ maxLength: 64, description: "Name of the provider, as the plan has it." }),
        id: Type.String({ maxLength: 128, description: "Id of the model, as the plan has it." }),
        address: oneOf(
          [...ADDRESS_CLASSES, "none"],
          "Where it answers, by the policy's address; none for scripted evidence, and where the policy names no address of this model.",
        ),
        localServer: Type.Union([ShortText, Type.Null()], {
          description: "What the signed policy states of a model server on the operator's own machine.",
        }),
      },
      "The model behind the evidence.",
    ),
    lanes: Type.Array(
      closed(
        {
          lane: Id,
          role: oneOf(["candidate", "baseline"], "Part of the lane."),
          state: oneOf(["compared", "not-compared"], "Whether its trials were compared."),
          version: Type.Union([ShortText, Type.Null()], {
            description: "Version of its backend by the plan; null when it has none.",
          }),
        },
        "A lane of the plan.",
      ),
      { maxItems: 64, description: "Lanes of the plan, sorted by id." },
    ),
    source: closed(
      {
        licence: oneOf(
          ["permits-use", "none-found", "forbids-use"],
          "Verdict of the admission on the licence.",
        ),
        commitsBehind: Type.Union([Count, Type.Null()], {
          description:
            "Commits that the upstream was ahead when it was fetched; null when that is not known.",
        }),
      },
      "The candidate's admitted source.",
    ),
    trials: Count,
    looks: Count,
    fixtures: Count,
    cells: closed(
      { compared: Count, notApplicable: Count },
      "Cells that were compared, and those of lanes that are not applicable.",
    ),
  },
  "What the verdict rests on.",
);
/** What a proof, and a record of it, rests on. */
export type Grounds = Static<typeof Grounds>;

/** The grounds of a comparison, from the documents that it was made of. */
export function deriveGrounds(
  { plan, policy }: CompareInput,
  comparison: Comparison,
  { statement }: AdmissionRecord,
): Grounds {
  const { licence, upstream } = statement.predicate;
  const open = comparison.cells.filter(({ verdict }) => verdict === "not-applicable").length;
  return {
    evidenceClass: comparison.evidenceClass,
    model: modelBehind(plan, policy),
    lanes: plan.lanes.map(({ lane, state, backendVersion }) => ({
      lane,
      role: lane === plan.candidate ? "candidate" : "baseline",
      state: state === "planned" ? "compared" : "not-compared",
      version: backendVersion,
    })),
    source: {
      licence: licence.verdict,
      commitsBehind: upstream.state === "known" ? upstream.commits : null,
    },
    trials: comparison.lanes.reduce((sum, { trials }) => sum + trials.present, 0),
    looks: comparison.plan.looks,
    fixtures: plan.fixtures.length,
    cells: { compared: comparison.cells.length - open, notApplicable: open },
  };
}

/** The model of a plan, and where the policy says that it answers: `none` for a plan whose lanes ask another model than the policy names. */
export function modelBehind(plan: TrialPlan, { liveModel }: Policy): Grounds["model"] {
  const models = plan.lanes.flatMap(({ model }) => (model === null || model.class === "none" ? [] : model));
  const [first] = models;
  const named = models.every(
    ({ class: kind, provider, id }) =>
      kind === "live" && provider === liveModel?.provider && id === liveModel.id,
  );
  const endpoint = first !== undefined && named ? liveModel : undefined;
  return {
    provider: first?.provider ?? "",
    id: first?.id ?? "",
    address: (endpoint === undefined ? null : addressClass(endpoint.url)) ?? "none",
    localServer: endpoint?.localServer ?? null,
  };
}

/** Whether a model answers on the operator's own machine, and no signed policy says what it is: then it may be anything. */
export const isUnnamedLocal = ({ address, localServer }: Grounds["model"]): boolean =>
  address === "loopback" && localServer === null;

/** The most that may be recorded on these grounds. */
export function recordTypeOn({ evidenceClass, model }: Grounds): RecordType {
  const named = model.address !== "none" && !isUnnamedLocal(model);
  return evidenceClass === "live" && named ? "candidate-default" : "rehearsal";
}

/** The grounds for a reader, one line for each part. */
export function renderGrounds({ evidenceClass, model, lanes, source, ...counts }: Grounds): string[] {
  const { trials, looks, fixtures, cells } = counts;
  const where = model.address === "none" ? "" : ` at a ${model.address} address`;
  const named = model.localServer === null ? "" : ` (${model.localServer})`;
  const shown = lanes.map(
    ({ lane, role, state, version }) =>
      `${lane} ${version ?? "without a version"}${role === "candidate" ? ", the candidate" : ""}${state === "compared" ? "" : ", not compared"}`,
  );
  return [
    `evidence: ${evidenceClass}; model ${model.provider}/${model.id}${where}${named}`,
    `lanes: ${shown.join("; ")}`,
    `source: licence ${source.licence}; ${source.commitsBehind === null ? "how far the upstream is ahead is not known" : `${source.commitsBehind} commits behind its upstream when that was fetched`}`,
    `${trials} trials on ${fixtures} fixtures, look ${looks}; ${cells.compared} cells compared${cells.notApplicable === 0 ? "" : `, ${cells.notApplicable} not applicable`}`,
  ];
}
