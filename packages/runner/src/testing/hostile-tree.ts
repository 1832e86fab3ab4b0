import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { git } from "./run-git.ts";

/** Git configuration that runs `command` by every road that a plain git command in the tree would take. */
function hostileConfig(command: string): string {
  return `[core]
	repositoryformatversion = 0
	bare = false
	fsmonitor = "${command}; false"
	hooksPath = hooks
	pager = "${command}"
	attributesFile = .gitattributes
[filter "bad"]
	clean = "${command}; cat"
	smudge = "${command}; cat"
	required = true
[diff "bad"]
	command = "${command}; true"
	textconv = "${command}; cat"
[diff]
	external = "${command}; true"
[merge "bad"]
	driver = "${command}; true"
`;
}

/**
 * Makes a tree whose git configuration, attributes, hooks and nested repository each write the file `ran` when some
 * git command is run there; also a home whose configuration does.
 */
export function makeHostileTree(tree: string, home: string, ran: string): void {
  const config = hostileConfig(`echo ran >> '${ran}'`);
  for (const place of [tree, join(tree, "src", "nested")]) {
    mkdirSync(place, { recursive: true });
    git(place, "init", "--quiet");
    writeFileSync(join(place, ".gitattributes"), "* filter=bad diff=bad merge=bad\n");
    writeFileSync(join(place, "value.txt"), "new\n");
    writeFileSync(join(place, ".git", "config"), config);
    mkdirSync(join(place, ".git", "hooks"), { recursive: true });
    for (const hook of ["pre-commit", "post-checkout", "post-index-change", "reference-transaction"]) {
      writeFileSync(join(place, ".git", "hooks", hook), `#!/bin/sh\necho ran >> '${ran}'\n`);
      chmodSync(join(place, ".git", "hooks", hook), 0o755);
    }
  }
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, ".gitconfig"), config);
}
