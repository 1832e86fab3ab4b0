/** Why strict bounds cannot be had. */
export type StrictMissingCode = keyof typeof CURES;

/** Why strict bounds cannot be had here, and the next step. */
export interface StrictMissing {
  readonly code: StrictMissingCode;
  readonly detail: string;
  readonly cure: string;
}

const CURES = {
  NOT_LINUX: "Run on Linux; elsewhere only the default tier exists.",
  ARCH_UNSUPPORTED: "Run on x64 or arm64.",
  BWRAP_MISSING: "Install bubblewrap 0.8 or newer: apt-get install bubblewrap, or dnf install bubblewrap.",
  BWRAP_SETUID: "Remove the setuid bit (chmod u-s) and allow unprivileged user namespaces instead.",
  BWRAP_UNREADABLE: "Install bubblewrap again, and check that this user may run it.",
  BWRAP_TOO_OLD: "Install bubblewrap 0.8 or newer, the first with --disable-userns.",
  USER_NAMESPACES_FORBIDDEN:
    "Allow unprivileged user namespaces: an AppArmor profile for bwrap, or kernel.apparmor_restrict_unprivileged_userns=0, kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0.",
  ROOT_WITHOUT_RIGHTS:
    "Run as a user who is not root: root here lacks the rights (CAP_SYS_ADMIN, CAP_SETUID, CAP_SETGID) to give the backend a user of its own.",
  NESTED_SANDBOX: "Run outside the container or sandbox, or let it create user namespaces.",
  PROFILE_FAILED:
    "Run bwrap by hand with the message above, and report it as a defect of stage6 when it is none of this host.",
} as const;

/** The answer for one reason. */
export function missing(code: StrictMissingCode, detail: string): { readonly ok: false } & StrictMissing {
  return { ok: false, code, detail, cure: CURES[code] };
}
