// A project on @sinclair/typebox 0.34 takes the type and brings its own check. Type-checked against the emitted declarations.
import { Type, type Static } from "@sinclair/typebox";
import type { Manifest, Report } from "@stage6/evidence-interface";

const Shelf = Type.Object({ manifests: Type.Array(Type.Unsafe<Manifest>({})) });

/** Lanes on a shelf. */
export function lanesOf({ manifests }: Static<typeof Shelf>): readonly Report["trial"]["lane"][] {
  return manifests.map(({ trial }) => trial.lane);
}

// @ts-expect-error a manifest is no number: were the types lost, nothing would be wrong here
export const wrong: Static<typeof Shelf> = { manifests: [1] };
console.log(
  `@sinclair/typebox 0.34: ${lanesOf({ manifests: [] }).length} lanes, ${Object.keys(Shelf.properties).join()}`,
);
