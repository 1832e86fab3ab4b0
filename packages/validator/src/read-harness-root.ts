import type { Policy } from "@stage6/comparator";
import type { Sha256, Timestamp, TrustedKeys } from "@stage6/evidence-interface";
import { checkRootFolder } from "./check-root-folder.ts";
import { checkTrustedKeys } from "./check-trusted-keys.ts";
import type { HarnessConfig } from "./harness-config.ts";
import { readDocument } from "./read-document.ts";
import { readHarness } from "./read-harness.ts";
import { readPlans, type PlanEntry } from "./read-plans.ts";
import { readPolicy } from "./read-policy.ts";
import { readRootFile } from "./read-root-file.ts";
import type { RootFinding } from "./root-finding.ts";
import { ROOT_FILES } from "./root-files.ts";
import { checkRootPrograms } from "./root-programs.ts";
import type { RootInput } from "./root-input.ts";
import {
  openMachines,
  TrustedKeyFile,
  trustedKeysOf,
  type RawFile,
  type TrustedMachines,
} from "@stage6/eligibility";

/** A harness root's documents as far as they could be read; a document with any finding is null. */
export interface HarnessRootView {
  /** False when the root is no readable folder: then nothing else was looked at. */
  readonly readable: boolean;
  readonly harness: HarnessConfig | null;
  readonly policy: { readonly document: Policy; readonly digest: Sha256 } | null;
  readonly keys: TrustedKeyFile | null;
  /** Every key with its role and window, and what was revoked; null when the key file or the revocation list is not sound. */
  readonly machines: TrustedMachines | null;
  /** Keys with the role runner that may sign now, by key id; null when the key file or the revocation list is not sound. */
  readonly trusted: TrustedKeys | null;
  /** Keys that may sign now that a lane is not applicable (roles runner and operator); null as for `trusted`. */
  readonly recorders: TrustedKeys | null;
  /** Sound plans by creation time, then id: the last is the newest. */
  readonly plans: readonly PlanEntry[];
  readonly findings: readonly RootFinding[];
  /** The documents that were read, sound or not. */
  readonly inputs: readonly RootInput[];
}

/** Reads the configuration of a harness root; `now` decides which keys may sign. Bad input is findings; nothing throws, nothing is followed, nothing written. */
export async function readHarnessRoot(root: string, now: Timestamp): Promise<HarnessRootView> {
  const folder = await checkRootFolder(root);
  if (!folder.readable)
    return {
      readable: false,
      harness: null,
      policy: null,
      keys: null,
      machines: null,
      trusted: null,
      recorders: null,
      plans: [],
      findings: folder.findings,
      inputs: [],
    };
  const harness = await readHarness(root);
  const policy = await readPolicy(root);
  const keyFile = await readDocument(root, ROOT_FILES.trustedKeys, TrustedKeyFile);
  const keyFaults = keyFile.value === null ? [] : checkTrustedKeys(keyFile.value, ROOT_FILES.trustedKeys);
  const sound = keyFile.value !== null && keyFaults.length === 0;
  const { machines, findings: unsound } = sound ? await readMachines(root) : NO_MACHINES;
  const { plans, findings } = await readPlans(root);
  const inputs: RootInput[] = [];
  const note = (role: RootInput["role"], path: string, sha256: Sha256 | null): void => {
    if (sha256 !== null) inputs.push({ role, path, sha256 });
  };
  note("harness", ROOT_FILES.harness, harness.sha256);
  note("policy", ROOT_FILES.policy, policy.sha256);
  note("trusted-keys", ROOT_FILES.trustedKeys, keyFile.sha256);
  for (const { id, digest } of plans) note("plan", `${ROOT_FILES.plans}/${id}.json`, digest);
  const faults: RootFinding[] = [
    ...harness.findings,
    ...policy.findings,
    ...keyFile.findings,
    ...keyFaults,
    ...unsound,
    ...findings,
    ...(await checkRootPrograms(root)),
  ];
  const named = new Set(faults.map(({ file }) => file));
  return {
    readable: true,
    harness: harness.value,
    policy:
      policy.value === null || policy.sha256 === null
        ? null
        : { document: policy.value, digest: policy.sha256 },
    keys: sound ? keyFile.value : null,
    machines,
    trusted: machines === null ? null : trustedKeysOf(machines, "runner", now),
    recorders:
      machines === null
        ? null
        : new Map([...trustedKeysOf(machines, "runner", now), ...trustedKeysOf(machines, "operator", now)]),
    plans,
    // What a reader already said about an entry is not said twice.
    findings: [...folder.findings.filter(({ file }) => !named.has(file)), ...faults],
    inputs,
  };
}

interface ReadMachines {
  readonly machines: TrustedMachines | null;
  readonly findings: readonly RootFinding[];
}

const NO_MACHINES: ReadMachines = { machines: null, findings: [] };

/** The keys of a key file that is sound, with what was revoked. */
async function readMachines(root: string): Promise<ReadMachines> {
  const [keys, revocations] = await Promise.all(
    [ROOT_FILES.trustedKeys, ROOT_FILES.revocations].map(async (path) => ({
      path,
      read: await readRootFile(root, path),
    })),
  );
  const fileOf = (one: typeof keys): RawFile | null =>
    one?.read.ok === true ? { path: one.path, bytes: one.read.bytes } : null;
  // What cannot be read is said as such, and not as a file that is missing.
  if (revocations?.read.ok === false && revocations.read.finding.code !== "ARTIFACT_MISSING")
    return { machines: null, findings: [revocations.read.finding] };
  const { machines, problems } = openMachines({ keys: fileOf(keys), revocations: fileOf(revocations) });
  return {
    machines,
    findings: problems.map(({ rule, file }) => ({ code: "TRUST_ROOT_UNSAFE", rule, file })),
  };
}
