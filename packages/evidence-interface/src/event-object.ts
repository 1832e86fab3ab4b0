import Type, { type TObject, type TProperties } from "typebox";
import { ShortText } from "./primitives.ts";

/** `data` of one event type: a closed object. */
export const closed = <P extends TProperties>(properties: P, description: string): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, description });

/** Text an event may lack. */
export const NullableText = Type.Union([ShortText, Type.Null()], {
  description: "Text, or null when unknown.",
});

/** Exit code an event may lack. */
export const NullableExit = Type.Union([Type.Integer({ minimum: 0, maximum: 4_294_967_295 }), Type.Null()], {
  description: "Exit code, or null when there is none.",
});
