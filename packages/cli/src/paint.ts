import { dim, green, red, yellow } from "yoctocolors";

const WORDS: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/^(pass|available|installed)(?= )|(?<=^Verdict: )pass/gm, green],
  [/^fail(?= )|(?<=^Verdict: )(refused|invalid|not-comparable)/gm, red],
  [/^(inconclusive|blocked|not-applicable)(?= )|(?<=^Verdict: )inconclusive/gm, yellow],
  [/^ *[Nn]ext: /gm, dim],
];

/** A result for a terminal: verdict words in colour. Says nothing that the plain text does not say. */
export function paint(text: string): string {
  return WORDS.reduce(
    (painted, [pattern, color]) => painted.replaceAll(pattern, (word) => color(word)),
    text,
  );
}
