/** A TOML basic string: JSON's escapes are TOML's, but TOML also refuses a raw DEL (TOML 1.0, "String"). */
export function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
