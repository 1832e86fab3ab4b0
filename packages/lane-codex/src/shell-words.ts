/** Characters a backslash escapes inside double quotes (POSIX 2.2.3). */
const ESCAPABLE = '$`"\\\n';

/** Splits a quoted command line into words by POSIX quoting rules, without any expansion; null when a quote stays open. */
export function shellWords(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const unit = line.charAt(at);
    if (unit === " " || unit === "\t" || unit === "\n") {
      if (word !== null) words.push(word);
      word = null;
    } else if (unit === "'") {
      const close = line.indexOf("'", at + 1);
      if (close < 0) return null;
      word = (word ?? "") + line.slice(at + 1, close);
      at = close;
    } else if (unit === '"') {
      let text = "";
      for (at += 1; at < line.length && line.charAt(at) !== '"'; at += 1) {
        if (line.charAt(at) === "\\" && at + 1 < line.length && ESCAPABLE.includes(line.charAt(at + 1)))
          at += 1;
        text += line.charAt(at);
      }
      if (at >= line.length) return null;
      word = (word ?? "") + text;
    } else {
      if (unit === "\\" && at + 1 < line.length) at += 1;
      word = (word ?? "") + line.charAt(at);
    }
  }
  if (word !== null) words.push(word);
  return words;
}
