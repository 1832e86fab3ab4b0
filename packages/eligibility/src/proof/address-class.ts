/** Where a model answers: the operator's own machine, a network of the operator's, or anywhere. */
export const ADDRESS_CLASSES = ["public", "private", "loopback"] as const;
/** Where a model answers. */
export type AddressClass = (typeof ADDRESS_CLASSES)[number];

/**
 * The class of a URL's host as it is written; no name is looked up. The unspecified address leads to this machine. A name of
 * one label, or below .local, .internal or .home.arpa (RFC 6762, RFC 8375), is private; so are RFC 1918, RFC 6598, link-local
 * and unique local addresses. Null for what is no URL.
 */
export function addressClass(url: string): AddressClass | null {
  if (!URL.canParse(url)) return null;
  // The parser of URLs writes every spelling of an IPv4 address (octal, hex, one number) in four decimal parts.
  const host = new URL(url).hostname.toLowerCase().replace(/\.$/, "");
  if (host === "") return null;
  if (host.startsWith("[")) return ofIpv6(host.slice(1, -1));
  const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (ipv4 !== null) return ofIpv4(ipv4.slice(1).map(Number));
  if (host === "localhost" || host.endsWith(".localhost")) return "loopback";
  if (!host.includes(".") || /\.(local|internal|home\.arpa)$/.test(host)) return "private";
  return "public";
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

function ofIpv6(address: string): AddressClass {
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped !== null) {
    const [high, low] = mapped.slice(1).map((part) => Number.parseInt(part, 16));
    return ofIpv4([(high ?? 0) >> 8, (high ?? 0) & 255, (low ?? 0) >> 8, (low ?? 0) & 255]);
  }
  if (address === "::1" || address === "::") return "loopback";
  return /^(fe[89ab][0-9a-f]|f[cd][0-9a-f]{2}):/.test(address) ? "private" : "public";
}
