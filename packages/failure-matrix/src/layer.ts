import { oneOf } from "@stage6/evidence-interface";

/** Where an injector acts: P the model, W around the process or the runner, L the fake lane's own script, E a finished bundle, G an input of the gate. */
export const LAYERS = ["P", "W", "L", "E", "G"] as const;
/** One layer. */
export const Layer = oneOf(LAYERS, "Where the injector acts.");
export type Layer = (typeof LAYERS)[number];
