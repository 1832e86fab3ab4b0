/** Where a model answers: the operator's own machine, a network of the operator's, or anywhere. */
export const ADDRESS_CLASSES = ["public", "private", "loopback"] as const;
/** Where a model answers. */
export type AddressClass = (typeof ADDRESS_CLASSES)[number];

const OWN_NAMES: readonly string[] = ["localhost.localdomain", "ip6-localhost", "ip6-loopback"];
const PRIVATE_ENDS: readonly string[] = [".local", ".internal", ".home.arpa", ".localdomain"];

/**
 * The class of a URL's host as it is written; no name is looked up. The unspecified address leads to this machine. A name of
 * one label, or below .local, .internal or .home.arpa (RFC 6762, RFC 8375), is private; so are RFC 1918, RFC 6598, link-local
 * and unique local addresses. An IPv6 address that carries an IPv4 address is of its class. Null for what is no URL.
 */
export function addressClass(url: string): AddressClass | null {
  if (!URL.canParse(url)) return null;
  // The parser of URLs writes every spelling of an IPv4 address (octal, hex, one number) in four decimal parts.
  const host = new URL(url).hostname;
  if (host === "") return null;
  if (host.startsWith("[")) return ofIpv6(partsOf(host.slice(1, -1)));
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  return ipv4 === null ? ofName(host.replace(/\.+$/, "").toLowerCase()) : ofIpv4(ipv4.slice(1).map(Number));
}

function ofName(name: string): AddressClass {
  if (name === "localhost" || name.endsWith(".localhost") || OWN_NAMES.includes(name)) return "loopback";
  return name.includes(".") && !PRIVATE_ENDS.some((end) => name.endsWith(end)) ? "public" : "private";
}

function ofIpv4([a = 0, b = 0]: readonly number[]): AddressClass {
  if (a === 127 || a === 0) return "loopback";
  const own =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128);
  return own ? "private" : "public";
}

/** The eight groups of an IPv6 address as the parser of URLs writes it. */
function partsOf(text: string): number[] {
  const read = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((one) => Number.parseInt(one, 16));
  const [head = "", tail] = text.split("::");
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function ofIpv6(parts: readonly number[]): AddressClass {
  const [first = 0, second = 0] = parts;
  const zeros = (from: number, to: number): boolean => parts.slice(from, to).every((part) => part === 0);
  if (zeros(0, 7) && (parts[7] ?? 0) <= 1) return "loopback";
  // IPv4-mapped and -compatible (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052); 6to4 (RFC 3056) carries it in front.
  const carries =
    (zeros(0, 5) && (parts[5] === 0xff_ff || parts[5] === 0)) ||
    (zeros(0, 4) && parts[4] === 0xff_ff && parts[5] === 0) ||
    (first === 0x64 && second === 0xff_9b && zeros(2, 6));
  if (carries) return ofIpv4(bytesOf(parts[6] ?? 0));
  if (first === 0x20_02) return ofIpv4(bytesOf(second));
  return (first & 0xfe_00) === 0xfc_00 || (first & 0xff_c0) === 0xfe_80 ? "private" : "public";
}

const bytesOf = (group: number): number[] => [group >> 8, group & 255];
