import { ALLOWED_PROBES, SELF_TEST_PROBES, type BoundsSelfTest } from "../bounds-self-test.ts";

/** A self-test of strict bounds that held. */
export function sampleSelfTest(change: Partial<BoundsSelfTest> = {}): BoundsSelfTest {
  const rows = SELF_TEST_PROBES.map((probe) => ({
    probe,
    unbounded: "ok",
    bounded: ALLOWED_PROBES.includes(probe) ? "ok" : "ENOENT",
  }));
  const digest = `sha256:${"0".repeat(64)}`;
  return {
    schemaVersion: "1.0",
    trial: { planId: "0123456789abcdef", lane: "codex", fixture: "fix-failing-test", number: 1 },
    driver: {
      name: "bubblewrap",
      version: "0.8.0",
      kernel: "6.1.0",
      arch: "x64",
      seccompSha256: digest,
      landlock: 7,
      user: "dedicated",
      memory: "enforced",
      profileSha256: digest,
    },
    namespaces: { host: { ipc: 1, mnt: 2, net: 3, pid: 4 }, backend: { ipc: 5, mnt: 6, net: 7, pid: 8 } },
    before: rows,
    after: rows,
    ...change,
  };
}
