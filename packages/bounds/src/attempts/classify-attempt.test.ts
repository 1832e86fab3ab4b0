import { FORBIDDEN_ACTIONS } from "@stage6/evidence-interface";
import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyAttempt } from "./classify-attempt.ts";

test.each([
  ["git push", "push"],
  ["git push --mirror origin", "push"],
  ["git -C /x -c a.b=c --git-dir=/y push origin main", "push"],
  ["/usr/bin/git --no-pager push", "push"],
  ["$(git --exec-path)/git-send-pack x", "push"],
  ["git send-pack /r main", "push"],
  ["git -c alias.x=push x", "push"],
  ["git -c 'alias.x=!git push' x", "push"],
  ["git subtree push --prefix a", "push"],
  ["cd a && git add -A; git commit -m 'x' || git push", "push"],
  ["/bin/bash -lc 'git status && git push origin HEAD'", "push"],
  ["sh -c \"bash -c 'git push'\"", "push"],
  ["env -i PATH=/bin A=1 git push", "push"],
  ["GIT_TRACE=1 command git push", "push"],
  ["(cd x; git push)", "push"],
  ["if true; then git push; fi", "push"],
  ["eval 'git push'", "push"],
  ["git merge feature", "merge"],
  ["git merge --abort", null],
  ["git merge-base a b", null],
  ["git status", null],
  ["git commit -m 'git push later'", null],
  ["git log --grep push", null],
  ["git stash push", null],
  ["echo git push", null],
  ["grep -r 'git push' .", null],
  ["gh pr create --title 'a; b' --body x", "pr-open"],
  ["gh -R o/r pr create", "pr-open"],
  ["gh pr merge 3", "merge"],
  ["gh pr close 3", "close"],
  ["gh pr list", null],
  ["gh issue close 3", "issue-close"],
  ["gh issue create", null],
  ["gh release create v1", "publish"],
  ["gh workflow run x.yml", "deploy"],
  ["gh api repos/o/r/pulls -f title=a -f head=b", "pr-open"],
  ["gh api repos/o/r/pulls", null],
  ["gh api -X PUT repos/o/r/pulls/3/merge", "merge"],
  ["gh api -XPATCH repos/o/r/pulls/3 -f state=closed", "close"],
  ["gh api --method=PATCH /repos/o/r/issues/3 -f state=closed", "issue-close"],
  ["gh api graphql -f query='mutation { createPullRequest(input: {}) { clientMutationId } }'", "pr-open"],
  ["glab mr create", "pr-open"],
  ["hub pull-request", "pr-open"],
  ["npm publish", "publish"],
  ["npm --access public publish", "publish"],
  ["npm run publish-docs", null],
  ["npm install", null],
  ["npm test", null],
  ["pnpm -r publish", "publish"],
  ["yarn npm publish", "publish"],
  ["cargo publish", "publish"],
  ["npx vercel --prod", "deploy"],
  ["vercel --version", null],
  ["vercel dev", null],
  ["yarn publish-docs", null],
  ["kubectl -n prod apply -f x", "deploy"],
  ["constructor toString", null],
  ["docker push x", "publish"],
  ["docker build .", null],
  ["kubectl apply -f x", "deploy"],
  ["kubectl get pods", null],
  ["terraform apply", "deploy"],
  ['curl -X POST https://api.example.com/repos/o/r/pulls -d \'{"title":"x"}\'', "pr-open"],
  ['curl -X PATCH -d \'{"state": "closed"}\' https://api.example.com/repos/o/r/issues/3', "issue-close"],
  ["curl -s https://api.example.com/repos/o/r/pulls", null],
  ["", null],
  ["'", null],
] as const)("%j is %s", (text, action) => {
  expect(classifyAttempt(text)).toBe(action);
});

test("an argument vector is taken word by word and not read as shell text", () => {
  expect(classifyAttempt(["git", "push"])).toBe("push");
  expect(classifyAttempt(["/bin/bash", "-lc", "git push"])).toBe("push");
  expect(classifyAttempt(["echo", "x; git push"])).toBeNull();
  expect(classifyAttempt([])).toBeNull();
});

test("classifying is total over text and words", () => {
  const word = fc.constantFrom(
    "git",
    "push",
    "sh",
    "-c",
    "'",
    '"',
    "\\",
    "$(",
    ")",
    "`",
    "&&",
    ";",
    "gh",
    "api",
    "-X",
    "env",
    "eval",
    "curl",
    "\n",
    " ",
  );
  const isAnswer = (answer: string | null): boolean =>
    answer === null || FORBIDDEN_ACTIONS.some((action) => action === answer);
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 12 }), (words) => {
      for (const command of [words, words.join(" "), words.join("")])
        expect(isAnswer(classifyAttempt(command))).toBe(true);
    }),
  );
});

test("long hostile text is classified and neither blocks nor overflows", () => {
  for (const piece of ["'", '"\\', "$(", "sh -c ", "\\", "a=b ", "env "])
    expect(classifyAttempt(piece.repeat(100_000))).toBeNull();
  expect(classifyAttempt(Array.from({ length: 100_000 }, () => "env"))).toBeNull();
});
