import { expect, test } from "vitest";
import { bwrapArgv } from "./bwrap-argv.ts";

const profile = {
  bwrap: "/usr/bin/bwrap",
  arch: "x64" as const,
  seccomp: Buffer.alloc(8),
  landlock: 7,
  user: null,
  system: {
    links: [{ path: "/bin", target: "usr/bin" }],
    mounts: [
      { path: "/usr", writable: false },
      { path: "/etc/passwd", writable: false, from: "/pkg/etc/passwd" },
    ],
    kernel: { readOnly: ["/proc/sys"], emptyFolders: ["/proc/scsi"], emptyFiles: ["/proc/kcore"] },
  },
  mounts: [
    { path: "/t/target", writable: false },
    { path: "/t/target/repo", writable: true },
  ],
};
const command = {
  argv: ["/usr/bin/agent", "--flag"],
  cwd: "/t/target/repo",
  env: { PATH: "/bin", HOME: "/t/home" },
};

const words = (...lines: readonly string[]): string[] => lines.flatMap((line) => line.split(" "));
const START = ["/usr/bin/bwrap", "--die-with-parent --new-session --clearenv --cap-drop ALL"];
const REST = [
  "--perms 1777 --size 1073741824 --tmpfs /tmp",
  "--perms 0755 --dir /etc --perms 0755 --dir /t",
  "--ro-bind /usr /usr --ro-bind /pkg/etc/passwd /etc/passwd --symlink usr/bin /bin",
  "--dev /dev --perms 1777 --size 67108864 --tmpfs /dev/shm --remount-ro /dev",
  "--proc /proc --ro-bind /proc/sys /proc/sys --size 4096 --tmpfs /proc/scsi --remount-ro /proc/scsi",
  "--ro-bind /dev/null /proc/kcore",
  "--ro-bind /t/target /t/target --bind /t/target/repo /t/target/repo",
  "--perms 0555 --ro-bind-data 6 /.stage6-launch",
  "--remount-ro /",
  "--seccomp 3 --json-status-fd 4",
  "--setenv PATH /bin --setenv HOME /t/home",
  "--chdir /t/target/repo -- /.stage6-launch /usr/bin/agent --flag",
];

test("the whole confining command line of an ordinary user is frozen, in its order", () => {
  const users = "--unshare-user --uid 1000 --gid 1000 --unshare-all --disable-userns";
  expect(bwrapArgv(profile, command)).toEqual(words(...START, users, ...REST));
});

test("root keeps the rights to change the launcher's user and no other, and makes no user namespace", () => {
  const users = [
    "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try",
    "--cap-add CAP_DAC_READ_SEARCH --cap-add CAP_SETGID --cap-add CAP_SETUID --cap-add CAP_SETPCAP",
  ];
  expect(bwrapArgv({ ...profile, user: { uid: 61_200, gid: 61_200 } }, command)).toEqual(
    words(...START, ...users, ...REST),
  );
});
