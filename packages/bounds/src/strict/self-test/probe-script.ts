import type { SelfTestProbe } from "@stage6/evidence-interface";
import { shellQuote } from "../../attempts/shell-quote.ts";
import type { ProbeTargets } from "./plant-targets.ts";

const line = (argv: readonly string[]): string => argv.map(shellQuote).join(" ");

/** Runs a shell line in namespaces of its own, in which every user is root. */
function asOwnRoot(bwrap: string, options: readonly string[], script: string): string {
  const root = ["--unshare-user", "--uid", "0", "--gid", "0", "--cap-add", "ALL", "--unshare-net"];
  return line([bwrap, ...root, "--dev-bind", "/", "/", ...options, "/bin/sh", "-c", script]);
}

/** How deep kernel settings lie below `/proc/sys`, and one level more. */
const SETTING_LEVELS = 6;
const SETTINGS = Array.from({ length: SETTING_LEVELS }, (_, level) => `/proc/sys${"/*".repeat(level + 1)}`);
/** Exit code 0 when one kernel setting can be opened for writing; nothing is written. The shell alone does it: a program that is not in view would read as a refusal. */
const OPEN_SETTING = `( for file in ${SETTINGS.join(" ")}; do command : <>"$file" && exit 0; done; exit 1 )`;

/**
 * Succeeds when an open file of the harness, or of any other process in view but the shell, can be opened for writing.
 * Inside a pid namespace the harness's number is that of another process or of none.
 */
function openHelperFile({ pid, start, fd }: ProbeTargets["harness"]): string {
  return [
    `read -r stat < /proc/${pid}/stat`,
    `case $stat in *' ${start} '*) command : <> /proc/${pid}/fd/${fd}; return;; esac`,
    "for process in /proc/[0-9]*; do",
    "  test $process = /proc/$$ && continue",
    '  for file in $process/fd/*; do command : <> "$file" && return; done',
    "done",
    "return 1",
  ].join("\n");
}

/** The shell line that fills a new file beside the devices of namespaces of its own. */
export function fillAsOwnRoot({ bwrap, sharedMemoryBytes }: ProbeTargets): string {
  return asOwnRoot(bwrap, ["--dev", "/dev"], `head -c ${sharedMemoryBytes + 1} /dev/zero > /dev/x`);
}

/** What a shell runs for the probes that are programs; each succeeds with exit code 0. */
function programs(target: ProbeTargets): Partial<Record<SelfTestProbe, string>> {
  const { bwrap, repository, remote } = target;
  const noCapability = "grep -q '^CapEff:.0*$' /proc/self/status";
  const ownSetting = asOwnRoot(bwrap, ["--proc", "/proc"], ": > /proc/sys/net/ipv4/ip_forward");
  return {
    "new-user-namespace": line([bwrap, "--unshare-user", "--bind", "/", "/", "true"]),
    "git-push": `cd ${shellQuote(repository)} && ${line(["git", "push", "--quiet", remote, "HEAD:refs/heads/probe"])}`,
    "write-kernel-setting": `${OPEN_SETTING} || ${ownSetting}`,
    "fill-device-memory": fillAsOwnRoot(target),
    "hold-capability": `! ${noCapability} || ${asOwnRoot(bwrap, [], `! ${noCapability}`)}`,
  };
}

/**
 * The shell script of all probes but `without`. It prints the records of the program of system calls, then a line with name and exit code
 * for each program. `callProgram` is the path of the former. What looks for open files of others runs first, while the shell has no process beside it.
 */
export function probeScript(
  target: ProbeTargets,
  callProgram: string,
  without: SelfTestProbe | null = null,
): string {
  const lines = Object.entries(programs(target))
    .filter(([name]) => name !== without)
    .map(([name, program]) => `{ { ${program}; } >/dev/null 2>&1; echo ${name} $?; } &`);
  return [
    "exec </dev/null",
    `open_helper_file() {\n${openHelperFile(target.harness)}\n}`,
    "open_helper_file >/dev/null 2>&1",
    "opened=$?",
    `${shellQuote(callProgram)} &`,
    "ends=$(",
    ...lines,
    "wait)",
    "wait",
    'echo "open-helper-file $opened"',
    'echo "$ends"',
  ].join("\n");
}

const EXIT_LINE = /^([a-z-]+) ([0-9]{1,3})$/u;

/** Exit code of each program by its probe, from the lines that the script printed. */
export function readExits(lines: string): ReadonlyMap<string, number> {
  const found = lines.split("\n").flatMap((row): [string, number][] => {
    const [, name = "", code = ""] = EXIT_LINE.exec(row) ?? [];
    return name === "" ? [] : [[name, Number(code)]];
  });
  return new Map(found);
}
