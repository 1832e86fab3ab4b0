/** `String.replace` that throws when nothing was there to replace, so that no mutant is its original by accident. */
export function replaceOnce(
  text: string,
  from: string | RegExp,
  to: string | ((...match: string[]) => string),
): string {
  const edited = typeof to === "string" ? text.replace(from, to) : text.replace(from, to);
  if (edited === text) throw new Error(`nothing to replace: ${String(from)}`);
  return edited;
}
