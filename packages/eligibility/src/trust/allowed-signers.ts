import { SSH_KEY_TYPES, parseSshPublicKey, type SshPublicKey } from "../ssh/ssh-public-key.ts";

/** Namespace in which an operator signs an acceptance. */
export const ACCEPTANCE_NAMESPACE = "stage6-acceptance@v1";
/** Namespace in which an operator signs the policy. */
export const POLICY_NAMESPACE = "stage6-policy@v1";
const NAMESPACES: readonly string[] = [ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE];

/** One line of trust/allowed_signers: who may sign what, when, and with which key. */
export interface AllowedSigner {
  readonly principal: string;
  readonly namespace: string;
  readonly key: SshPublicKey;
  /** First moment of the window, ms since 1970. */
  readonly validAfter: number;
  /** Last moment of the window, ms since 1970. */
  readonly validBefore: number;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** A trap in the file: which rule, and on which line. */
export interface SignerTrap {
  readonly rule: string;
  readonly line: number;
  readonly found: string;
}

const PRINCIPAL = /^operator:[a-z0-9][a-z0-9._-]{0,62}$/;
const TIME = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z$/;
const MAX_LINES = 1000;
/** Longer than any line of two keys' types with all options; what is longer is no line of anybody. */
const MAX_LINE = 4096;
/** How much of a line a trap shows. */
const SHOWN = 200;

/**
 * Reads allowed_signers under rules that leave no room: one literal principal per line, one literal namespace, both
 * bounds in UTC, no certificate authority. What ssh-keygen would read more widely is a trap.
 */
export function parseAllowedSigners(text: string): {
  readonly signers: readonly AllowedSigner[];
  readonly traps: readonly SignerTrap[];
} {
  const signers: AllowedSigner[] = [];
  const traps: SignerTrap[] = [];
  const lines = text.split("\n");
  if (lines.length > MAX_LINES) return { signers, traps: [{ rule: "too-long", line: MAX_LINES, found: "" }] };
  for (const [at, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const read = line.length > MAX_LINE ? ["line-too-long"] : readLine(line, at + 1);
    if (Array.isArray(read))
      traps.push(...read.map((rule) => ({ rule, line: at + 1, found: line.slice(0, SHOWN) })));
    else signers.push(read);
  }
  return { signers, traps: [...traps, ...trapsBetween(signers)] };
}

/** Traps that only two lines together show. */
function trapsBetween(signers: readonly AllowedSigner[]): SignerTrap[] {
  const traps: SignerTrap[] = [];
  for (const [at, one] of signers.entries()) {
    for (const other of signers.slice(0, at)) {
      if (other.key.fingerprint !== one.key.fingerprint) continue;
      if (other.principal !== one.principal)
        traps.push({ rule: "two-principals", line: one.line, found: one.key.fingerprint });
      else if (other.namespace === one.namespace)
        traps.push({ rule: "repeated-line", line: one.line, found: one.key.fingerprint });
    }
  }
  return traps;
}

function readLine(text: string, line: number): AllowedSigner | string[] {
  const parts =
    /^([!-~]+) (?:((?:[^" ]|"[^"]*")+) )??([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: [ -~]*)?$/.exec(text);
  if (parts === null) return ["line-form"];
  const [, principal = "", options = "", type = "", base64 = ""] = parts;
  const rules = principalTraps(principal);
  const read = readOptions(options);
  rules.push(...read.rules);
  const key = SSH_KEY_TYPES.some((one) => one === type) ? readKey(type, base64) : null;
  if (key === null) rules.push("key");
  if (rules.length > 0 || key === null) return rules;
  return {
    principal,
    namespace: read.namespace,
    key,
    validAfter: read.after,
    validBefore: read.before,
    line,
  };
}

function principalTraps(principal: string): string[] {
  const rules: string[] = [];
  if (principal.includes("!")) rules.push("negated-principal");
  if (principal.includes(",")) rules.push("principal-list");
  if (/[*?]/.test(principal)) rules.push("wildcard-principal");
  if (rules.length === 0 && !PRINCIPAL.test(principal)) rules.push("principal-form");
  return rules;
}

function readKey(type: string, base64: string): SshPublicKey | null {
  const blob = Buffer.from(base64, "base64");
  const key = blob.toString("base64") === base64 ? parseSshPublicKey(blob) : null;
  return key?.type === type ? key : null;
}

function readOptions(text: string): {
  readonly rules: string[];
  readonly namespace: string;
  readonly after: number;
  readonly before: number;
} {
  const rules: string[] = [];
  const options = new Map<string, string>();
  for (const option of text === "" ? [] : (text.match(/(?:[^,"]|"[^"]*")+/g) ?? [])) {
    const [, name = "", value] = /^([A-Za-z-]+)(?:="([^"]*)")?$/.exec(option) ?? [];
    if (name === "cert-authority") rules.push("cert-authority");
    else if (!["namespaces", "valid-after", "valid-before"].includes(name) || value === undefined)
      rules.push("unknown-option");
    else if (options.has(name)) rules.push("repeated-option");
    else options.set(name, value);
  }
  const namespace = options.get("namespaces");
  if (namespace === undefined) rules.push("no-namespaces");
  else rules.push(...namespaceTraps(namespace));
  const [after, before] = [options.get("valid-after"), options.get("valid-before")].map((time) =>
    time === undefined ? null : readTime(time),
  );
  if (after === null || before === null || after === undefined || before === undefined)
    rules.push("no-validity");
  else if (Number.isNaN(after) || Number.isNaN(before)) rules.push("validity-form");
  else if (after >= before) rules.push("validity-empty");
  return { rules, namespace: namespace ?? "", after: after ?? 0, before: before ?? 0 };
}

function namespaceTraps(namespace: string): string[] {
  if (/[*?]/.test(namespace)) return ["namespace-wildcard"];
  if (namespace.includes("!")) return ["negated-namespace"];
  if (namespace.includes(",")) return ["namespace-list"];
  return NAMESPACES.includes(namespace) ? [] : ["namespace-unknown"];
}

/** A time of allowed_signers in UTC, ms since 1970; NaN for another form (without Z it would be local time) or no calendar time. */
function readTime(text: string): number {
  const [whole, year = "", month = "", day = "", hour = "00", minute = "00", second = "00"] =
    TIME.exec(text) ?? [];
  if (whole === undefined) return Number.NaN;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const at = Date.parse(iso);
  return !Number.isNaN(at) && new Date(at).toISOString() === iso ? at : Number.NaN;
}
