/** A name with what a reader of the change set must see of it. */
export interface FuzzName {
  /** Raw bytes as latin1. */
  readonly raw: string;
  readonly shown: string;
  readonly utf8: boolean;
}

const text = (name: string): FuzzName => ({
  raw: Buffer.from(name).toString("latin1"),
  shown: name,
  utf8: true,
});
const bytes = (raw: string, shown: string): FuzzName => ({ raw, shown, utf8: false });

const PLAIN = ["a", "b", "c.ts", ".env", "sp ace", "-flag", ":(glob)x", "[a]star", "src", "x"].map(text);

// Written out, not computed: the harness's own escaping is what is tested.
const ODD: readonly FuzzName[] = [
  text("new\nline"),
  text("caf\u00e9"),
  text("cafe\u0301"),
  text("\ufeffmark"),
  text("SRC"),
  text("\u{1f600}"),
  { raw: "back\\slash", shown: "back\\\\slash", utf8: true },
  { raw: "\\xff", shown: "\\\\xff", utf8: true },
  bytes("\xff", "\\xff"),
  bytes("b\xffd", "b\\xffd"),
  bytes("cut\xe2\x82", "cut\\xe2\\x82"),
  bytes("\xed\xa0\x80", "\\xed\\xa0\\x80"),
  bytes("\\\xfe", "\\\\\\xfe"),
];

/** Names for entries. macOS folds case and spelling and refuses bytes outside UTF-8, so it has the plain ones. */
export const NAMES: readonly FuzzName[] = process.platform === "darwin" ? PLAIN : [...PLAIN, ...ODD];

/** Names of the first level, which the allowed paths speak of. */
export const TOP_NAMES: readonly FuzzName[] = ["src", "src", "docs", "deep", "top"].map(text);

const BY_RAW = new Map([...NAMES, ...TOP_NAMES].map((name) => [name.raw, name]));

/** The name behind raw bytes. */
export function nameOf(raw: string): FuzzName {
  const name = BY_RAW.get(raw);
  if (name === undefined) throw new Error("the model has a name that nobody gave");
  return name;
}
