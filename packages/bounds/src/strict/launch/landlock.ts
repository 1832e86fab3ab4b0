/** What Landlock may let a sandboxed process do below one path; paths that no rule names can be read and executed. */
export interface LandlockRule {
  readonly path: string;
  /** `all`: everything a folder allows. `device`: write and control what is there. `file`: write this one file. */
  readonly grants: "all" | "device" | "file" | "read";
}

// Bits of `struct landlock_ruleset_attr` (linux/landlock.h).
const EXECUTE = 1n << 0n;
const WRITE_FILE = 1n << 1n;
const READ_FILE = 1n << 2n;
const READ_DIR = 1n << 3n;
/** From removing a folder (bit 4) to making a link (bit 12). */
const CHANGE_FOLDER = 0x1ff0n;
const REFER = 1n << 13n;
const TRUNCATE = 1n << 14n;
const IOCTL_DEV = 1n << 15n;

/** Rights by the version of the kernel's interface that brought them. */
const BY_VERSION: readonly (readonly [number, bigint])[] = [
  [1, EXECUTE | WRITE_FILE | READ_FILE | READ_DIR | CHANGE_FOLDER],
  [2, REFER],
  [3, TRUNCATE],
  [5, IOCTL_DEV],
];

const GRANTED: Readonly<Record<LandlockRule["grants"], bigint>> = {
  read: EXECUTE | READ_FILE | READ_DIR,
  file: WRITE_FILE | TRUNCATE,
  device: WRITE_FILE | READ_FILE | READ_DIR | TRUNCATE | IOCTL_DEV,
  all: ~0n,
};

/** Every right that a kernel of this version can take away. */
function handledAccess(abi: number): bigint {
  return BY_VERSION.reduce((sum, [since, rights]) => (abi >= since ? sum | rights : sum), 0n);
}

/** The rights of one rule, as far as a kernel of this version knows them. */
export function accessOf(rule: LandlockRule, abi: number): bigint {
  return GRANTED[rule.grants] & handledAccess(abi);
}

/** Signals and abstract sockets stay inside the sandbox (both bits of `scoped`). */
const SCOPED = 3n;

/** `struct landlock_ruleset_attr` for a version of the interface: what is handled, no network rules, what is scoped. */
export function rulesetAttribute(abi: number): Buffer {
  const attribute = Buffer.alloc(abi >= 6 ? 24 : abi >= 4 ? 16 : 8);
  attribute.writeBigUInt64LE(handledAccess(abi));
  if (abi >= 6) attribute.writeBigUInt64LE(SCOPED, 16);
  return attribute;
}
