// A quote that is never closed runs to the end: looking for its end again at each later quote would take for ever.
const TOKEN =
  /'[^']*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|\\.|[ \t\r]+|&&|\|\||\$\(|[;&|()`\n{}]|[^ \t\r\n;&|()`'"\\${}]+|./gsu;

/** Most words looked at in one text, so that a hostile one stays cheap. */
const MAX_WORDS = 10_000;

/**
 * Splits shell text into simple commands, each a list of words, without expanding anything: quotes are removed,
 * operators, new lines and the brackets of sub-shells separate. A guess about text, good enough to notice an
 * attempt and never more.
 */
export function splitCommands(text: string): string[][] {
  const commands: string[][] = [[]];
  let words = 0;
  let word: string | null = null;
  const endWord = (): void => {
    if (word !== null) commands.at(-1)?.push(word);
    if (word !== null) words += 1;
    word = null;
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (words > MAX_WORDS) break;
    if (/^[ \t\r]/u.test(token)) {
      endWord();
    } else if (/^(?:&&|\|\||\$\(|[;&|()`\n{}])$/u.test(token)) {
      endWord();
      commands.push([]);
    } else {
      word = `${word ?? ""}${unquote(token)}`;
    }
  }
  endWord();
  return commands.filter((command) => command.length > 0);
}

function unquote(token: string): string {
  if (token.startsWith("'")) return token.slice(1).replace(/'$/u, "");
  if (token.startsWith('"'))
    return token
      .slice(1)
      .replace(/"$/u, "")
      .replaceAll(/\\(["\\$`])/gu, "$1");
  return token.startsWith("\\") && token.length > 1 ? token.slice(1) : token;
}
