// A project on typebox 1.x builds on the published schemas themselves. Type-checked against the emitted declarations.
import { Manifest, type Report } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";

const Shelf = Type.Object({ manifests: Type.Array(Manifest) });

/** Lanes on a shelf. */
export function lanesOf({ manifests }: Static<typeof Shelf>): readonly Report["trial"]["lane"][] {
  return manifests.map(({ trial }) => trial.lane);
}

// @ts-expect-error a manifest is no number: were the types lost, nothing would be wrong here
export const wrong: Static<typeof Shelf> = { manifests: [1] };
console.log(
  `typebox 1.x: ${lanesOf({ manifests: [] }).length} lanes, ${Object.keys(Shelf.properties).join()}`,
);
