const SURROGATE = /\p{Surrogate}/gu;

/** The text cut to so many code points, lone surrogates replaced by U+FFFD, so that it can stand in any document. */
export const boundedText = (value: string, codePoints: number): string => {
  const whole = value.length > codePoints * 2 ? value.slice(0, codePoints * 2) : value;
  const clean = whole.replace(SURROGATE, "\uFFFD");
  if (clean.length <= codePoints) return clean;
  return Array.from(clean).slice(0, codePoints).join("");
};
