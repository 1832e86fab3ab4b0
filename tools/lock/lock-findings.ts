interface Entry {
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * What is wrong with the text of a package-lock.json: an edge without an entry (npm drops entries of platforms it could
 * not find when writing, and `npm ci` elsewhere then fails), an entry without integrity, an address of a registry.
 */
export function lockFindings(text: string): string[] {
  const lock: unknown = JSON.parse(text);
  if (!isLock(lock)) return ["not a package-lock.json of lockfileVersion 3"];
  const { packages } = lock;
  const findings = Object.entries(packages).flatMap(([path, entry]) => entryFindings(path, entry, packages));
  const hasRegistryEntry = Object.entries(packages).some(
    ([path, entry]) => isInstalled(path) && entry.link !== true,
  );
  return hasRegistryEntry ? findings : [...findings, "holds no installed package: nothing was checked"];
}

function entryFindings(path: string, entry: Entry, packages: Readonly<Record<string, Entry>>): string[] {
  const edges = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
  const missing = edges.filter((name) => !resolves(path, name, packages));
  const findings = missing.map((name) => `${path || "the root"} needs ${name}, which has no entry`);
  if (!isInstalled(path) || entry.link === true) return findings;
  if (entry.resolved !== undefined) findings.push(`${path} names where it came from: ${entry.resolved}`);
  if (entry.inBundle !== true && entry.integrity?.startsWith("sha512-") !== true)
    findings.push(`${path} has no sha512 integrity`);
  return findings;
}

/** Node's way: the nearest node_modules of the package itself, then of each folder above it. */
function resolves(path: string, name: string, packages: Readonly<Record<string, Entry>>): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    if (Object.hasOwn(packages, `${folder === "" ? "" : `${folder}/`}node_modules/${name}`)) return true;
    if (folder === "") return false;
  }
}

function isInstalled(path: string): boolean {
  return path.includes("node_modules/");
}

function isLock(value: unknown): value is { packages: Record<string, Entry> } {
  if (typeof value !== "object" || value === null || !("packages" in value) || !("lockfileVersion" in value))
    return false;
  return value.lockfileVersion === 3 && typeof value.packages === "object" && value.packages !== null;
}
