// Long because it is one table: every way known to change a clone behind the back of a harness, each with its verdict.

/** One way to change a clone behind the harness's back, and what must be seen of it. */
export interface AdversarialCase {
  readonly id: string;
  readonly what: string;
  /** Shell run in a real clone; `$HOME` and `$OTHER` are protected trees beside it, `$KEEP` is for files of its own. */
  readonly script: string;
  /** `V` violation, `A` allowed, `T` touched only. */
  readonly right: "V" | "A" | "T";
  /** Every change of the tree as `path kind rule-or-verdict`, touched paths left out unless `right` is `T`. */
  readonly tree: readonly string[];
  /** Whether more changes than `tree` are fine. */
  readonly more?: true;
  /** Git-state paths that must be among the changes, as `path kind`. */
  readonly git?: readonly string[];
  /** The protected tree beside the clone that changes. */
  readonly outside?: "home" | "other";
  /** What the strict tier makes of it: nothing of it can be done, or all but the part outside of the clone. */
  readonly strict?: "prevented" | "contained";
  readonly skip?: boolean;
  /** Shell run in the clone after the second look. */
  readonly undo?: string;
}

const isRoot = process.getuid?.() === 0;
const isMac = process.platform === "darwin";
const doc = "docs/a.md modified outside-allowed";

/** The table. */
export const ADVERSARIAL_CASES: readonly AdversarialCase[] = [
  {
    id: "1",
    what: "edit an allowed file",
    right: "A",
    script: "echo x >> src/a.ts",
    tree: ["src/a.ts modified allowed"],
  },
  { id: "2", what: "edit a tracked file outside", right: "V", script: "echo x >> docs/a.md", tree: [doc] },
  {
    id: "3",
    what: "new untracked file outside",
    right: "V",
    script: "echo x > docs/new",
    tree: ["docs/new added outside-allowed"],
  },
  {
    id: "4",
    what: "new file in an ignored directory",
    right: "V",
    script: "echo x > cache/new",
    tree: ["cache/new added outside-allowed"],
  },
  {
    id: "5",
    what: "edit a file in an ignored directory",
    right: "V",
    script: "echo x >> cache/x",
    tree: ["cache/x modified outside-allowed"],
  },
  {
    id: "6",
    what: "hide by info/exclude",
    right: "V",
    script: "mkdir -p .git/info; echo hidden >> .git/info/exclude; echo x > hidden",
    tree: ["hidden added outside-allowed"],
    git: ["info/exclude added"],
  },
  {
    id: "7",
    what: "an allowed .gitignore hides allowed files",
    right: "A",
    script: "echo '*' > src/.gitignore; echo x > src/own",
    tree: ["src/.gitignore added allowed", "src/own added allowed"],
  },
  {
    id: "8",
    what: "assume-unchanged",
    right: "V",
    script: "git update-index --assume-unchanged docs/a.md; echo x >> docs/a.md",
    tree: [doc],
    git: ["index touched"],
  },
  {
    id: "9",
    what: "skip-worktree",
    right: "V",
    script: "git update-index --skip-worktree docs/a.md; echo x >> docs/a.md",
    tree: [doc],
    git: ["index touched"],
  },
  {
    id: "10",
    what: "commit the change",
    right: "V",
    script: "echo x >> docs/a.md; git commit -qam x",
    tree: [doc],
    git: ["refs/heads/main modified", "objects touched"],
  },
  {
    id: "11",
    what: "commit and move the base tag",
    right: "V",
    script: "echo x >> docs/a.md; git commit -qam x; git tag -f base >/dev/null",
    tree: [doc],
    git: ["refs/tags/base added"],
  },
  {
    id: "12",
    what: "chmod +x with core.fileMode=false",
    right: "V",
    script: "git config core.fileMode false; chmod +x docs/a.md",
    tree: ["docs/a.md mode-changed outside-allowed"],
    git: ["config modified"],
  },
  {
    id: "13",
    what: "chmod 600",
    right: "V",
    script: "chmod 600 docs/a.md",
    tree: ["docs/a.md mode-changed outside-allowed"],
  },
  {
    id: "14",
    what: "setuid bit on an allowed file",
    right: "V",
    script: "chmod u+s src/a.ts",
    tree: ["src/a.ts mode-changed mode-bits"],
  },
  {
    id: "15",
    what: "delete outside",
    right: "V",
    script: "rm docs/a.md",
    tree: ["docs/a.md deleted outside-allowed"],
  },
  {
    id: "16",
    what: "rename allowed to outside",
    right: "V",
    script: "mv src/a.ts docs/b",
    tree: ["docs/b added outside-allowed", "src/a.ts deleted allowed"],
  },
  {
    id: "17",
    what: "empty directory outside",
    right: "V",
    script: "mkdir empty",
    tree: ["empty added outside-allowed"],
  },
  {
    id: "18",
    what: "same size and mtime",
    right: "V",
    script: `touch -r docs/a.md "$KEEP/ref"; printf 'DOC A\\n' > docs/a.md; touch -r "$KEEP/ref" docs/a.md`,
    tree: [doc],
  },
  {
    id: "19",
    what: "same size and mtime with weakened stat checks",
    right: "V",
    script: `git config core.trustctime false; git config core.checkStat minimal; touch -r docs/a.md "$KEEP/ref"; printf 'DOC A\\n' > docs/a.md; touch -r "$KEEP/ref" docs/a.md`,
    tree: [doc],
    git: ["config modified"],
  },
  {
    id: "20",
    what: "line ends hidden by info/attributes",
    right: "V",
    script:
      "mkdir -p .git/info; echo '* text eol=crlf' > .git/info/attributes; printf 'doc a\\r\\n' > docs/a.md",
    tree: [doc],
    git: ["info/attributes added"],
  },
  {
    id: "21",
    what: "a clean filter hides content",
    right: "V",
    script:
      "mkdir -p .git/info; git config filter.h.clean 'git show base:docs/a.md'; echo 'docs/a.md filter=h' > .git/info/attributes; echo x > docs/a.md",
    tree: [doc],
    git: ["config modified", "info/attributes added"],
  },
  {
    id: "22",
    what: "line ends hidden by .gitattributes",
    right: "V",
    script: "echo '* text eol=crlf' > .gitattributes; printf 'doc a\\r\\n' > docs/a.md",
    tree: [".gitattributes added outside-allowed", doc],
  },
  {
    id: "23",
    what: "an fsmonitor hook lies",
    right: "V",
    script:
      "printf '#!/bin/sh\\nprintf \"t\\\\0\"\\n' > .git/lie; chmod +x .git/lie; git config core.fsmonitor .git/lie; echo x >> docs/a.md",
    tree: [doc],
    git: ["config modified", "lie added"],
  },
  {
    id: "24",
    what: "sparse checkout removes files",
    right: "V",
    // The files belong to another user inside the strict bounds: git leaves what its index does not know as unchanged.
    script: "git status >/dev/null; git sparse-checkout set --no-cone 'src/'",
    tree: [
      ".gitignore deleted outside-allowed",
      "docs deleted outside-allowed",
      "docs/a.md deleted outside-allowed",
    ],
    git: ["info/sparse-checkout added"],
  },
  {
    id: "25",
    what: ".git points elsewhere",
    right: "V",
    script: 'mv .git "$OTHER/git"; echo "gitdir: $OTHER/git" > .git',
    tree: [],
    git: [". type-changed"],
    outside: "other",
    strict: "prevented",
  },
  {
    id: "26",
    what: ".git deleted",
    right: "V",
    script: "rm -rf .git",
    tree: [],
    git: [". deleted", "HEAD deleted"],
  },
  {
    id: "27",
    what: "nested repository outside",
    right: "V",
    script: "git init -q nested",
    tree: [
      "nested added outside-allowed",
      "nested/.git added nested-repository",
      "nested/.git/HEAD added nested-repository",
    ],
    more: true,
  },
  {
    id: "28",
    what: "nested repository inside",
    right: "V",
    script: "git init -q src/nested",
    tree: ["src/nested added allowed", "src/nested/.git/HEAD added nested-repository"],
    more: true,
  },
  {
    id: "29",
    what: "write through a link to a file outside the clone",
    right: "V",
    script: 'ln -s "$OTHER/secret" src/l; echo x > src/l',
    tree: ["src/l added link-escape"],
    outside: "other",
    strict: "contained",
  },
  {
    id: "30",
    what: "write through a link to a disallowed file",
    right: "V",
    script: "ln -s ../docs/a.md src/l; echo x > src/l",
    tree: [doc, "src/l added link-escape"],
  },
  {
    id: "31",
    what: "allowed directory replaced by a link",
    right: "V",
    script: "rm -rf src; ln -s docs src",
    tree: ["src type-changed root-replaced", "src/a.ts deleted allowed"],
  },
  {
    id: "32",
    what: "dangling and escaping links",
    right: "V",
    script: "ln -s nowhere src/d; ln -s ../../.. src/u",
    tree: ["src/d added link-escape", "src/u added link-escape"],
  },
  {
    id: "33",
    what: "hard link of a file outside the clone",
    right: "V",
    script: 'ln "$OTHER/secret" src/h; echo x >> src/h',
    tree: ["src/h added hard-link"],
    outside: "other",
    strict: "prevented",
  },
  {
    id: "34",
    what: "hard link of a disallowed file",
    right: "V",
    script: "ln docs/a.md src/h; echo x >> src/h",
    tree: ["docs/a.md modified hard-link", "src/h added hard-link"],
  },
  {
    id: "35",
    what: "case rename with ignorecase",
    right: "V",
    script: "git config core.ignorecase true; mv docs/a.md docs/A.md",
    tree: ["docs/A.md added outside-allowed", "docs/a.md deleted outside-allowed"],
    git: ["config modified"],
  },
  {
    id: "36",
    what: "another case of an allowed directory",
    right: "V",
    script: "mkdir SRC; echo x > SRC/x",
    tree: ["SRC added outside-allowed", "SRC/x added outside-allowed"],
    skip: isMac,
  },
  {
    id: "37",
    what: "decomposed spelling of an allowed name",
    right: "V",
    script: "echo x > 'cafe\u0301.md'",
    tree: ["cafe\u0301.md added outside-allowed"],
  },
  {
    id: "38",
    what: "new line in a name outside",
    right: "V",
    script: "echo x > 'new\nline'",
    tree: ["new\nline added outside-allowed"],
  },
  {
    id: "39",
    what: "pathspec magic as a name",
    right: "V",
    script: "mkdir ':(glob)src'; echo x > ':(glob)src/x'",
    tree: [":(glob)src added outside-allowed", ":(glob)src/x added outside-allowed"],
  },
  {
    id: "40",
    what: "backslashes in a name",
    right: "V",
    script: "echo x > 'src\\..\\x'",
    tree: ["src\\\\..\\\\x added outside-allowed"],
  },
  {
    id: "41",
    what: "name outside UTF-8",
    right: "V",
    script: "echo x > \"src/$(printf 'b\\377d')\"",
    tree: ["src/b\\xffd added not-utf8"],
    skip: isMac,
  },
  {
    id: "42",
    what: "dotfile inside",
    right: "A",
    script: "echo x > src/.env",
    tree: ["src/.env added allowed"],
  },
  {
    id: "43",
    what: "glob characters in an allowed name",
    right: "A",
    script: "echo x > 'src/[a]*.ts'",
    tree: ["src/[a]*.ts added allowed"],
  },
  { id: "44", what: "fifo inside", right: "V", script: "mkfifo src/p", tree: ["src/p added special-file"] },
  {
    id: "44 socket",
    what: "socket inside",
    right: "V",
    script: `"$NODE" -e 'require("net").createServer().listen("src/s", () => process.kill(process.pid, "SIGKILL"))' || true`,
    tree: ["src/s added special-file"],
  },
  // Nothing but a look at the attributes themselves tells this from a touch, and Node has no call for that. The strict
  // tier answers that the file system has no attributes.
  {
    id: "45",
    what: "extended attribute only",
    right: "T",
    script: `python3 -c 'import os; os.setxattr("docs/a.md", b"user.note", b"x")'`,
    tree: ["docs/a.md touched touched"],
    strict: "prevented",
    skip: isMac,
  },
  { id: "46", what: "touch", right: "T", script: "touch docs/a.md", tree: ["docs/a.md touched touched"] },
  {
    id: "47",
    what: "write and exact revert",
    right: "T",
    script: 'cp docs/a.md "$KEEP/keep"; echo x >> docs/a.md; cat "$KEEP/keep" > docs/a.md',
    tree: ["docs/a.md touched touched"],
  },
  // Root reads a directory of mode 000, so to root this is a change of mode and no more.
  {
    id: "48",
    what: "directory of mode 000",
    right: "V",
    script: "chmod 000 docs",
    tree: [isRoot ? "docs mode-changed outside-allowed" : "docs type-changed unreadable"],
  },
  {
    id: "49",
    what: "hook added",
    right: "V",
    script: "mkdir -p .git/hooks; echo : > .git/hooks/post-commit; chmod +x .git/hooks/post-commit",
    tree: [],
    git: ["hooks/post-commit added"],
  },
  {
    id: "50",
    what: "remote added",
    right: "V",
    script: "git remote add evil https://example.invalid/x",
    tree: [],
    git: ["config modified"],
  },
  {
    id: "51",
    what: "new ref",
    right: "V",
    script: "git branch other",
    tree: [],
    git: ["refs/heads/other added"],
  },
  {
    id: "52",
    what: "alternates",
    right: "V",
    script: "mkdir -p .git/objects/info; echo /nowhere > .git/objects/info/alternates",
    tree: [],
    git: ["objects/info/alternates added"],
  },
  {
    id: "53",
    what: "replace ref",
    right: "V",
    script: "git update-ref refs/replace/$(git rev-parse HEAD) HEAD",
    tree: [],
    git: [],
  },
  {
    id: "54",
    what: "submodule told to be ignored",
    right: "V",
    script:
      "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub; printf '[submodule \"sub\"]\\n\\tpath = sub\\n\\tignore = all\\n' > .gitmodules",
    tree: [".gitmodules added outside-allowed"],
    git: ["index touched"],
  },
  {
    id: "55",
    what: "write to the home directory",
    right: "V",
    script: 'echo x > "$HOME/.profile"',
    tree: [],
    outside: "home",
  },
  {
    id: "56",
    what: "write to another directory",
    right: "V",
    script: 'echo x > "$OTHER/new"',
    tree: [],
    outside: "other",
    strict: "prevented",
  },
  {
    id: "outside delete",
    what: "deleting what lies outside the clone",
    right: "V",
    script: 'rm "$OTHER/secret"',
    tree: [],
    outside: "other",
    strict: "prevented",
  },
  {
    id: "submodule store",
    what: "writing to .git/modules",
    right: "V",
    script: "mkdir -p .git/modules/x; echo x > .git/modules/x/config",
    tree: [],
    git: ["modules/x/config added"],
  },
  {
    id: "submodule",
    what: "a submodule inside the allowed paths",
    right: "V",
    script:
      'git init -q "$KEEP/sub"; git -C "$KEEP/sub" commit -q --allow-empty -m x; git -c protocol.file.allow=always submodule --quiet add "$KEEP/sub" src/sub; echo x > src/sub/new',
    tree: [
      ".gitmodules added outside-allowed",
      "src/sub added allowed",
      "src/sub/.git added nested-repository",
      "src/sub/new added allowed",
    ],
    git: ["config modified", "modules/src/sub/HEAD added"],
  },
  {
    id: "mount",
    what: "a file system mounted over an allowed directory",
    right: "V",
    script: "mount -t tmpfs stage6 src; echo x > src/new",
    tree: ["src modified special-file", "src/a.ts deleted allowed", "src/new added allowed"],
    undo: "umount src",
    strict: "prevented",
    skip: !isRoot || isMac,
  },
  {
    id: "sparse file",
    what: "a file larger than what is ever read",
    right: "V",
    script: `"$NODE" -e 'const fs = require("fs"); fs.ftruncateSync(fs.openSync("src/huge", "w"), 2 ** 40)'`,
    tree: ["src/huge added unreadable"],
  },
  {
    id: "temp folder",
    what: "writing to the run's own temp folder",
    right: "A",
    script: 'echo x > "$KEEP/note"',
    tree: [],
  },
];
