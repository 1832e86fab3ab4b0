/** Architectures for which there is a filter. */
export type FilterArch = "x64" | "arm64";

/** Numbers of one system call; null where the architecture has none. From the kernel's syscall_64.tbl and asm-generic/unistd.h. */
export type CallNumbers = Readonly<Record<FilterArch, number | null>>;

const each = (x64: number, arm64: number | null): CallNumbers => ({ x64, arm64 });
const both = (number: number): CallNumbers => each(number, number);

/** System calls that no coding task needs and that widen what an agent could do to the kernel or to other processes. */
export const REFUSED_CALLS = {
  io_uring_setup: both(425),
  io_uring_enter: both(426),
  io_uring_register: both(427),
  ptrace: each(101, 117),
  process_vm_readv: each(310, 270),
  process_vm_writev: each(311, 271),
  pidfd_getfd: both(438),
  kcmp: each(312, 272),
  mount: each(165, 40),
  umount2: each(166, 39),
  pivot_root: each(155, 41),
  chroot: each(161, 51),
  open_tree: both(428),
  move_mount: both(429),
  fsopen: both(430),
  fsconfig: both(431),
  fsmount: both(432),
  fspick: both(433),
  mount_setattr: both(442),
  open_tree_attr: both(467),
  setns: each(308, 268),
  bpf: each(321, 280),
  keyctl: each(250, 219),
  add_key: each(248, 217),
  request_key: each(249, 218),
  userfaultfd: each(323, 282),
  perf_event_open: each(298, 241),
  kexec_load: each(246, 104),
  kexec_file_load: each(320, 294),
  init_module: each(175, 105),
  finit_module: each(313, 273),
  delete_module: each(176, 106),
  reboot: each(169, 142),
  swapon: each(167, 224),
  swapoff: each(168, 225),
  acct: each(163, 89),
  quotactl: each(179, 60),
  quotactl_fd: both(443),
  syslog: each(103, 116),
  settimeofday: each(164, 170),
  clock_settime: each(227, 112),
  clock_adjtime: each(305, 266),
  sethostname: each(170, 161),
  setdomainname: each(171, 162),
  iopl: each(172, null),
  ioperm: each(173, null),
  vhangup: each(153, 58),
  lookup_dcookie: each(212, 18),
  nfsservctl: each(180, 42),
  name_to_handle_at: each(303, 264),
  open_by_handle_at: each(304, 265),
  fanotify_init: each(300, 262),
  modify_ldt: each(154, null),
  memfd_secret: both(447),
} as const satisfies Readonly<Record<string, CallNumbers>>;

/**
 * System calls that change extended attributes, which no snapshot reads: answered as on a file system that has none, so
 * that tools which copy attributes go on without.
 */
export const ATTRIBUTE_CALLS = {
  setxattr: each(188, 5),
  lsetxattr: each(189, 6),
  fsetxattr: each(190, 7),
  setxattrat: both(463),
  removexattr: each(197, 14),
  lremovexattr: each(198, 15),
  fremovexattr: each(199, 16),
  removexattrat: both(466),
} as const satisfies Readonly<Record<string, CallNumbers>>;

/** System calls judged by their first argument. */
export const JUDGED_CALLS = {
  clone: each(56, 220),
  clone3: both(435),
  unshare: each(272, 97),
  socket: each(41, 198),
  personality: each(135, 92),
} as const;

/** Value of `AUDIT_ARCH_*` (linux/audit.h) that the kernel reports for a native call. */
export const AUDIT_ARCH: Readonly<Record<FilterArch, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** CLONE_NEW* flags (linux/sched.h): ns, cgroup, uts, ipc, user, pid, net. */
export const NAMESPACE_FLAGS = 0x7e020000;
/** CLONE_NEWTIME, which is a flag of `unshare` only: in `clone` the bit belongs to the exit signal. */
export const TIME_NAMESPACE_FLAG = 0x80;

/** Personalities that may be set, as in runc's default profile: Linux, 32 bits, `uname` of 2.6, both; the last one only asks. */
export const PERSONALITIES = [0, 0x8, 0x20000, 0x20008, 0xffffffff] as const;

/** Socket families that stay inside the sandbox's own network namespace: unix, inet, inet6, netlink. The rest, AF_VSOCK first, may not. */
export const SOCKET_FAMILIES = [1, 2, 10, 16] as const;
