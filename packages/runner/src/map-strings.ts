/** The value with every string in it mapped, keys left alone; the same object when nothing changed. */
export function mapStrings<T>(value: T, map: (text: string) => string): T {
  // Only strings change, and only into strings: the shape stays.
  return mapAny(value, map) as T;
}

function mapAny(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (typeof value !== "object" || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  const mapped = entries.map(([key, item]): [string, unknown] => [key, mapAny(item, map)]);
  if (mapped.every(([, item], at) => item === entries[at]?.[1])) return value;
  return Array.isArray(value) ? mapped.map(([, item]) => item) : Object.fromEntries(mapped);
}
