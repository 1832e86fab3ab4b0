import Type, { type TUnsafe } from "typebox";

/** A union of string literals, typed as exactly those strings (a mapped array alone would infer `never`). */
export function oneOf<const T extends readonly string[]>(values: T, description: string): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { description },
    ),
  );
}
