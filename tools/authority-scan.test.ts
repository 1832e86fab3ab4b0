import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isTest } from "./boundaries/check-imports.ts";
import {
  childrenOf,
  literalText,
  nameOf,
  nodeIn,
  nodesIn,
  parseSource,
  type SyntaxNode,
} from "./boundaries/syntax-node.ts";

const ROOT = join(import.meta.dirname, "..");
/** Calls that start a program or reach a network. */
const STARTS =
  /^(?:spawn|spawnSync|exec|execSync|execFile|execFileSync|fork|git|runGit|runTool|supervise|fetch|request|httpRequest|httpsRequest)$/;
/** Words of the actions that this project never takes. */
const FORBIDDEN =
  /^(?:push|send-pack|merge|publish|deploy|gh|glab|hub|promote|request-pull)$|\b(?:git\s+push|gh\s+(?:pr|issue|release)|api\.github\.com|npm\s+publish)\b/;
/** Plays the trespasser on purpose, inside bounds, and starts what a script of a test says. */
const PLAYS = /^packages\/lane-fake\/backend\//;

const sources = readdirSync(join(ROOT, "packages"))
  .flatMap((name) => ["src", "backend"].map((folder) => `packages/${name}/${folder}`))
  .flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map(
        (name) => `${folder}/${name}`,
      );
    } catch {
      return [];
    }
  })
  .filter((file) => /\.m?ts$|\.mjs$/.test(file) && !isTest(file) && !file.includes("/testing/"));

/** Forbidden words among the literals of every call that starts something. */
function forbiddenCalls(text: string, file = "x.ts"): string[] {
  const found: string[] = [];
  const words = (node: SyntaxNode): string[] => {
    const own = literalText(node);
    return [...(own === undefined ? [] : [own]), ...childrenOf(node).flatMap(words)];
  };
  const visit = (node: SyntaxNode): void => {
    if (node.type === "CallExpression") {
      const callee = nodeIn(node, "callee");
      const name = nameOf(callee) ?? nameOf(nodeIn(callee, "property")) ?? "";
      if (STARTS.test(name))
        found.push(
          ...nodesIn(node, "arguments")
            .flatMap(words)
            .filter((word) => FORBIDDEN.test(word)),
        );
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parseSource(file, text));
  return found;
}

it("finds a push, a pull request and a call of a hosting service where they are made", () => {
  expect(forbiddenCalls('runTool(["git", "push", "origin"], options)')).toEqual(["push"]);
  expect(forbiddenCalls('await execFile("gh", ["pr", "create"])')).toEqual(["gh"]);
  expect(forbiddenCalls('fetch("https://api.github.com/repos/x/y/pulls")')).toHaveLength(1);
  expect(forbiddenCalls('const ACTIONS = ["push", "merge"]')).toEqual([]);
});

it("R13, R41: no code path pushes, merges, publishes, deploys or opens anything", () => {
  expect(sources.length).toBeGreaterThan(300);
  const calls = sources
    .filter((file) => !PLAYS.test(file))
    .flatMap((file) =>
      forbiddenCalls(readFileSync(join(ROOT, file), "utf8"), file).map((word) => `${file}: ${word}`),
    );
  expect(calls).toEqual([]);
});

it("R4, R13, R14, R30: no source writes a switch that turns a candidate on", () => {
  const on = sources
    .filter((file) =>
      /enabledByDefault:\s*true|activation:\s*"(?!none")/.test(readFileSync(join(ROOT, file), "utf8")),
    )
    .toSorted();
  // Fake is the default validation lane.
  expect(on).toEqual(["packages/validator/src/harness-config.ts"]);
});

it("R13: no verb and no option is named after an action that is out of scope", () => {
  const folder = join(ROOT, "packages/cli/src/commands");
  const named = readdirSync(folder)
    .flatMap((name) => [
      ...readFileSync(join(folder, name), "utf8").matchAll(/\.(?:command|option|requiredOption)\("([^"]+)"/g),
    ])
    .map(([, words = ""]) => words);
  expect(named.length).toBeGreaterThan(50);
  expect(
    named.filter((words) =>
      /push|merge|deploy|publish|promote|activate|enable|set-default|open-pr|close/.test(words),
    ),
  ).toEqual([]);
});

it("R17: no package brings a web interface or a server framework", () => {
  const names = readdirSync(join(ROOT, "packages")).flatMap((name) => {
    const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(ROOT, "packages", name, "package.json"), "utf8"),
    );
    return Object.keys(dependencies);
  });
  expect(
    names.filter((name) => /^(?:react|vue|svelte|preact|express|fastify|koa|hono|next|electron)/.test(name)),
  ).toEqual([]);
});
