import { expect, test } from "vitest";
import { bwrapArgv } from "./bwrap-argv.ts";

const profile = {
  bwrap: "/usr/bin/bwrap",
  system: {
    links: [{ path: "/bin", target: "usr/bin" }],
    mounts: [
      { path: "/usr", writable: false },
      { path: "/etc/passwd", writable: false, from: "/pkg/bridge/etc/passwd" },
    ],
  },
  mounts: [
    { path: "/t/target", writable: false },
    { path: "/t/target/repo", writable: true },
  ],
  door: { port: 4711, socket: "/t/bounds/door/s" },
  seccompFile: "/t/bounds/seccomp",
};

test("the whole confining command line is frozen, in its order", () => {
  expect(
    bwrapArgv(profile, {
      argv: ["agent", "--flag"],
      cwd: "/t/target/repo",
      env: { PATH: "/bin", HOME: "/t/home" },
    }),
  ).toEqual(
    [
      "/usr/bin/bwrap",
      "--unshare-user --uid 1000 --gid 1000 --unshare-all --disable-userns --cap-drop ALL",
      "--die-with-parent --new-session --clearenv",
      "--size 1073741824 --tmpfs /tmp",
      "--ro-bind /usr /usr --ro-bind /pkg/bridge/etc/passwd /etc/passwd --symlink usr/bin /bin",
      "--dev /dev --proc /proc",
      "--ro-bind /t/target /t/target --bind /t/target/repo /t/target/repo",
      "--ro-bind /t/bounds/door /t/bounds/door",
      "--remount-ro /",
      "--seccomp 3 --json-status-fd 4",
      "--setenv PATH /bin --setenv HOME /t/home",
      "--chdir /t/target/repo -- agent --flag",
    ].flatMap((words) => words.split(" ")),
  );
});

test("without a door nothing of the harness is in view", () => {
  const argv = bwrapArgv({ ...profile, door: null }, { argv: ["agent"], cwd: "/", env: {} });
  expect(argv.join(" ")).not.toContain("/t/bounds");
});
