import Type, { type Static } from "typebox";
import { oneOf } from "./one-of.ts";
import { SchemaVersion, Sha256, TrialRef } from "./primitives.ts";

/** What the self-test tries inside the bounds, each also tried without them: three must succeed, no other may. */
export const SELF_TEST_PROBES = [
  "write-inside",
  "remove-inside",
  "model-via-door",
  "write-outside",
  "read-credential",
  "write-protected-git",
  "rename-protected-git",
  "tcp-loopback",
  "unix-path-socket",
  "unix-abstract-socket",
  "udp-outside",
  "signal-host-process",
  "new-user-namespace",
  "git-push",
  "io-uring",
  "write-kernel-setting",
  "read-kernel-state",
  "open-helper-file",
  "fill-device-memory",
  "hold-capability",
  "collect-through-link",
] as const;

/** One probe of the self-test. */
export type SelfTestProbe = (typeof SELF_TEST_PROBES)[number];

/** Probes that must succeed inside the bounds: without them a sandbox in which nothing works would pass. */
export const ALLOWED_PROBES: readonly SelfTestProbe[] = ["write-inside", "remove-inside", "model-via-door"];

const Outcome = Type.String({
  pattern: "^(ok|[A-Z][A-Z0-9_]{1,31})$",
  description: "`ok`, or the error that kept the probe from succeeding.",
});

const Rows = Type.Array(
  Type.Object(
    {
      probe: oneOf(SELF_TEST_PROBES, "What was tried."),
      unbounded: Outcome,
      bounded: Outcome,
    },
    { additionalProperties: false, description: "One probe without and within the bounds." },
  ),
  {
    maxItems: SELF_TEST_PROBES.length,
    description:
      "The probes in their fixed order. The run without bounds is made once, before the backend: `after` repeats its outcomes.",
  },
);

const Namespaces = Type.Object(
  {
    ipc: Type.Integer({ minimum: 1 }),
    mnt: Type.Integer({ minimum: 1 }),
    net: Type.Integer({ minimum: 1 }),
    pid: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, description: "Inode numbers of namespaces." },
);

/** What the strict driver was and what its self-test gave before and after the backend ran: `bounds-self-test.json`. */
export const BoundsSelfTest = Type.Object(
  {
    schemaVersion: SchemaVersion,
    trial: TrialRef,
    driver: Type.Object(
      {
        name: Type.Literal("bubblewrap"),
        version: Type.String({ maxLength: 64, description: "Version it printed." }),
        kernel: Type.String({ maxLength: 256, description: "Release of the kernel." }),
        arch: Type.String({ maxLength: 32, description: "Processor architecture." }),
        seccompSha256: Sha256,
        landlock: Type.Integer({
          minimum: 0,
          maximum: 1000,
          description:
            "Version of the kernel's Landlock interface that was used as a second wall; 0 for none.",
        }),
        user: Type.Union([Type.Literal("dedicated"), Type.Literal("mapped")], {
          description:
            "`dedicated`: a user number that no account has, for a harness that is root. `mapped`: the harness's own user, renamed by a user namespace.",
        }),
        memory: Type.Union([Type.Literal("enforced"), Type.Literal("watched"), Type.Null()], {
          description:
            "`enforced`: a control group held the backend's memory limit. `watched`: the harness looked at it. Null when the backend was not started.",
        }),
        profileSha256: Type.Union([Sha256, Type.Null()], {
          description: "Digest of the backend's whole confining command line; null when it was not started.",
        }),
      },
      { additionalProperties: false, description: "The driver." },
    ),
    namespaces: Type.Union(
      [Type.Object({ host: Namespaces, backend: Namespaces }, { additionalProperties: false }), Type.Null()],
      {
        description: "Namespaces of the harness and of the backend; null when it was not started.",
      },
    ),
    before: Type.Union([Rows, Type.Null()], {
      description: "Self-test before the backend; null when not run.",
    }),
    after: Type.Union([Rows, Type.Null()], {
      description: "Self-test after the backend; null when not run.",
    }),
  },
  { additionalProperties: false, description: "Evidence of the strict bounds of one trial." },
);
export type BoundsSelfTest = Static<typeof BoundsSelfTest>;

/** One table of the self-test. */
export type SelfTestRows = NonNullable<BoundsSelfTest["before"]>;

/** What keeps a table from showing that the bounds held, one sentence each; empty when nothing does. */
export function selfTestFaults(rows: SelfTestRows | null): string[] {
  if (rows === null) return ["the self-test was not run"];
  if (rows.map(({ probe }) => probe).join() !== SELF_TEST_PROBES.join())
    return ["the self-test is not whole"];
  return rows.flatMap(({ probe, unbounded, bounded }) => {
    if (unbounded !== "ok")
      return [`${probe} gave ${unbounded} without bounds, so its refusal proves nothing`];
    if (ALLOWED_PROBES.includes(probe))
      return bounded === "ok" ? [] : [`${probe} gave ${bounded} within the bounds`];
    return bounded === "ok" ? [`${probe} succeeded within the bounds`] : [];
  });
}

/** What keeps the evidence of the strict bounds from proving anything; empty when both self-tests passed and the backend had namespaces of its own. */
export function boundsFaults(evidence: BoundsSelfTest): string[] {
  const { namespaces, before, after, driver } = evidence;
  const shared =
    namespaces === null || driver.profileSha256 === null
      ? ["the backend did not run inside the bounds"]
      : (["ipc", "mnt", "net", "pid"] as const)
          .filter((name) => namespaces.host[name] === namespaces.backend[name])
          .map((name) => `the backend shared the harness's ${name} namespace`);
  return [
    ...shared,
    ...selfTestFaults(before).map((fault) => `before: ${fault}`),
    ...selfTestFaults(after).map((fault) => `after: ${fault}`),
  ];
}
