/** Options of `fixtures add`, its own and those of every verb: each one ends the words of `--oracle`. */
const FIXTURE_OPTIONS: readonly string[] = [
  "--from",
  "--base",
  "--task",
  "--allow",
  "--oracle",
  "--oracle-files",
  "--id",
  "--title",
  "--expects",
  "--script",
  "--owner",
  "--consent",
  "--command",
  "--harness-root",
  "--json",
  "--now",
  "--help",
];
const isOwn = (word: string): boolean => FIXTURE_OPTIONS.includes(word.split("=", 1)[0] ?? word);

/**
 * Moves the words after `--oracle` behind `--`, so that an oracle's own options (`--oracle node --test`) are words and
 * not options of this tool. They end at the next option of `fixtures add` or at `--`. Other command lines stay as they are.
 */
export function moveOracleWords(argv: readonly string[]): string[] {
  const dashes = argv.indexOf("--");
  const head = dashes < 0 ? [...argv] : argv.slice(0, dashes);
  const tail = dashes < 0 ? [] : argv.slice(dashes + 1);
  const at = head.indexOf("--oracle");
  if (at < 0 || !isFixturesAdd(head.slice(0, at))) return [...argv];
  const length = head.slice(at + 1).findIndex(isOwn);
  const end = length < 0 ? head.length : at + 1 + length;
  const words = head.slice(at + 1, end);
  return [...head.slice(0, at), ...head.slice(end), "--", ...words, ...tail];
}

function isFixturesAdd(head: readonly string[]): boolean {
  const verb = head.indexOf("fixtures");
  return verb >= 0 && head[verb + 1] === "add";
}
