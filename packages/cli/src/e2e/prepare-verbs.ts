import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hardenedGitEnv } from "@stage6/bounds";
import { FOUNDER, HARNESS, KEYS } from "@stage6/eligibility/testing";
import { writeGateRoot } from "@stage6/validator/testing";
import { MACHINE_ROLES } from "../role-keys.ts";

/** Every verb with the words that make it do its work; `reads`: it promises to write nothing into the root. */
export interface Verb {
  readonly words: readonly string[];
  readonly reads?: true;
}
const FAKE = ["--candidate", "fake", "--lanes", "fake", "--fixtures", "fix-failing-test"];
const OWN = ["--owner", "me", "--consent", "mine, noncritical"];
const WHY = "It is not installed on this machine, and it will not be installed.";
/** On the whole sample root: what is judged and accepted there is complete up to the proof. */
const WHOLE = ["--harness-root", "whole"];
/** Calls of every verb of the program, by verb. */
export const VERBS: Readonly<Record<string, readonly Verb[]>> = {
  init: [{ words: [] }],
  probe: [{ words: ["--bounds", "auto"], reads: true }],
  "backends list": [{ words: [], reads: true }],
  "backends install": [{ words: [] }],
  "fixtures list": [{ words: [], reads: true }],
  "fixtures add": [
    {
      words: ["--from", "other", "--base", "main", "--task", "task.md", "--allow", "src/**"].concat(OWN, [
        "--oracle",
        "true",
      ]),
    },
  ],
  "fixtures own": [{ words: ["add-feature", ...OWN] }],
  "lanes try": [{ words: ["task.md"] }],
  "lanes check": [{ words: ["task.md", "--samples", ".", "--key", "author.pem"] }],
  "lanes verify": [{ words: ["task.md", "--key", "task.md", "--package", "task.md"], reads: true }],
  "operator add": [{ words: ["jp", "--key", "jp.pub"] }],
  "operator confirm": [{ words: ["--founder", "jp"] }],
  "operator trust": [{ words: [`SHA256:${"A".repeat(43)}`], reads: true }],
  "sign-policy": [{ words: ["--operator", "jp", "--key", "jp"] }],
  plan: [{ words: FAKE }],
  run: [{ words: [] }],
  compare: [{ words: [] }, { words: ["--explain", "codex/fix-failing-test/report-shape"], reads: true }],
  "not-applicable": [{ words: ["--lane", "codex", "--rationale", WHY, "--recorded-by", "me"] }],
  matrix: [{ words: ["--row", "F14,F18", "--lane", "fake", "--no-install"] }],
  replay: [{ words: [], reads: true }],
  validate: [
    { words: [], reads: true },
    { words: WHOLE, reads: true },
  ],
  status: [
    { words: [], reads: true },
    { words: WHOLE, reads: true },
  ],
  report: [{ words: WHOLE, reads: true }],
  health: [{ words: WHOLE, reads: true }],
  stage5: [{ words: [...WHOLE, "--files", "whole/stage5/first", "--statement", "task.md"] }],
  "admit-source": [{ words: [...WHOLE, "--draft", "review.json"] }],
  accept: [{ words: [...WHOLE, "--operator", "jp", "--key", "jp"] }],
  record: [{ words: WHOLE }],
  revoke: [{ words: ["key", `sha256:${"0".repeat(64)}`, "--reason", "lost"] }],
  "validate-planning": [{ words: ["--root", "{repository}"], reads: true }],
  rehearse: [{ words: [...FAKE, "--no-install", "--harness-root", "rehearsal"] }],
};
/** Every call, with its verb, in the order of the verbs. */
export const CALLS = Object.entries(VERBS).flatMap(([verb, calls]) =>
  calls.map((call) => ({ verb, ...call })),
);

/**
 * Puts below `top` what the calls work on: in `work` a whole sample root and the operator's key, in `other` a repository with
 * this remote, in `keys` the machine's; and in `work/calls.json` the calls themselves. `repository` is this one's folder.
 */
export async function prepareVerbs(top: string, remoteUrl: string, repository: string): Promise<void> {
  const at = (...names: readonly string[]): string => join(top, ...names);
  for (const name of ["core", "vendor", "home", "keys", "work"]) mkdirSync(at(name));
  writeFileSync(at("core/protocol.md"), "core\n");
  writeFileSync(at("vendor/source.ts"), "vendor\n");
  const git = (...words: string[]): unknown =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], {
      cwd: top,
      env: hardenedGitEnv(),
    });
  git("init", "-q", "--initial-branch=main", "other");
  writeFileSync(at("other/value.txt"), "old\n");
  git("-C", "other", "add", ".");
  git("-C", "other", "commit", "-q", "-m", "one");
  git("-C", "other", "remote", "add", "origin", remoteUrl);
  await writeGateRoot(at("work/whole"));
  mkdirSync(at("keys", HARNESS));
  for (const role of MACHINE_ROLES)
    writeFileSync(at("keys", HARNESS, `${role}.pem`), KEYS[role].export({ type: "pkcs8", format: "pem" }), {
      mode: 0o600,
    });
  writeFileSync(at("keys", HARNESS, "founder"), `${FOUNDER}\n`);
  writeFileSync(at("work/task.md"), "Say new.\n");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "jp", "-f", at("work/jp")]);
  // A repository that is offered as a fixture lies beside the folder of the calls.
  const outside = (word: string): string =>
    word === "other" ? at("other") : word === "{repository}" ? repository : word;
  const calls = CALLS.map(({ verb, words }) => [...verb.split(" "), ...words.map(outside)]);
  writeFileSync(at("work/calls.json"), JSON.stringify({ root: at("work"), calls }));
}
