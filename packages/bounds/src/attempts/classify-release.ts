import type { ForbiddenAction } from "@stage6/evidence-interface";

// Sub-commands by tool; an empty one stands for the bare tool and `*` for every use of it.
const PUBLISH: Readonly<Record<string, readonly string[]>> = {
  npm: ["publish", "unpublish", "deprecate", "dist-tag add"],
  pnpm: ["publish", "recursive publish"],
  yarn: ["publish", "npm publish"],
  bun: ["publish"],
  cargo: ["publish", "yank"],
  twine: ["upload"],
  poetry: ["publish"],
  uv: ["publish"],
  gem: ["push", "yank"],
  docker: ["push", "image push", "compose push"],
  podman: ["push"],
  changeset: ["publish"],
  lerna: ["publish"],
  vsce: ["publish"],
};

const DEPLOY: Readonly<Record<string, readonly string[]>> = {
  vercel: ["", "deploy", "promote", "redeploy", "rollback"],
  netlify: ["deploy"],
  wrangler: ["deploy", "publish", "pages deploy"],
  firebase: ["deploy"],
  fly: ["deploy"],
  flyctl: ["deploy"],
  serverless: ["deploy"],
  sls: ["deploy"],
  cdk: ["deploy", "destroy"],
  sam: ["deploy"],
  eb: ["deploy"],
  gcloud: ["app deploy", "run deploy", "functions deploy"],
  kubectl: ["apply", "create", "replace", "patch", "set", "scale", "rollout", "delete", "edit", "run"],
  helm: ["install", "upgrade", "uninstall", "rollback"],
  terraform: ["apply", "destroy"],
  tofu: ["apply", "destroy"],
  pulumi: ["up", "update", "destroy"],
  "ansible-playbook": ["*"],
};

/** Publishing to a registry or deploying, by the usual tools. */
export function classifyRelease(tool: string, args: readonly string[]): ForbiddenAction | null {
  if (args.includes("--help") || args.includes("--version")) return null;
  const texts = [args.filter((arg) => !arg.startsWith("-")), withoutFlagValues(args)].map((words) =>
    words.join(" "),
  );
  const has = (commands: readonly string[] = []): boolean =>
    commands.some((command) =>
      texts.some(
        (text) => command === "*" || text === command || (command !== "" && text.startsWith(`${command} `)),
      ),
    );
  if (Object.hasOwn(PUBLISH, tool) && has(PUBLISH[tool])) return "publish";
  if (Object.hasOwn(DEPLOY, tool) && has(DEPLOY[tool])) return "deploy";
  return null;
}

/** Words that are neither flags nor follow one: which flags take a value differs by tool, so both readings count. */
function withoutFlagValues(args: readonly string[]): readonly string[] {
  return args.filter((arg, index) => !arg.startsWith("-") && args[index - 1]?.startsWith("-") !== true);
}
