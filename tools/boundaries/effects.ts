/** Built-in modules a pure package may load: they compute, and reach neither file, process, network nor clock. */
export const PURE_BUILTINS: ReadonlySet<string> = new Set([
  "assert",
  "assert/strict",
  "buffer",
  "crypto",
  "events",
  "path",
  "path/posix",
  "path/win32",
  "string_decoder",
  "url",
  "util",
  "util/types",
  "zlib",
]);

/** Global names that are an effect however they are used. */
export const EFFECT_GLOBALS: ReadonlySet<string> = new Set([
  "process",
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "fetch",
  "console",
  // Text that is run reaches whatever it names, and `global` is another name of globalThis.
  "eval",
  "Function",
  "global",
  "navigator",
  "WebSocket",
  "EventSource",
  "BroadcastChannel",
  "localStorage",
  "sessionStorage",
  "Temporal",
]);

/** Names of node:crypto (and the global `crypto`) that draw randomness; hashing, signing and verifying do not. */
export const RANDOM_NAMES: ReadonlySet<string> = new Set([
  "randomUUID",
  "randomBytes",
  "randomInt",
  "randomFill",
  "randomFillSync",
  "pseudoRandomBytes",
  "getRandomValues",
  "webcrypto",
  "subtle",
  "generateKey",
  "generateKeySync",
  "generateKeyPair",
  "generateKeyPairSync",
  "generatePrime",
  "generatePrimeSync",
]);

/** Globals that are harmless but for some members. They may be used only as `Name.member`, so that each use is seen. */
export const GUARDED_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["Math", new Set(["random"])],
  ["Date", new Set(["now"])],
  ["AbortSignal", new Set(["timeout"])],
  ["crypto", RANDOM_NAMES],
  ["globalThis", new Set([...EFFECT_GLOBALS, "Math", "Date", "AbortSignal", "crypto"])],
]);
