import type { ForbiddenAction } from "@stage6/evidence-interface";

const PUBLISH: Readonly<Record<string, RegExp>> = {
  npm: /^(?:publish|unpublish|deprecate|dist-tag add)\b/u,
  pnpm: /^(?:publish|-r publish|recursive publish)\b/u,
  yarn: /^(?:publish|npm publish)\b/u,
  bun: /^publish\b/u,
  cargo: /^(?:publish|yank)\b/u,
  twine: /^upload\b/u,
  poetry: /^publish\b/u,
  uv: /^publish\b/u,
  gem: /^(?:push|yank)\b/u,
  docker: /^(?:push|image push|compose push)\b/u,
  podman: /^push\b/u,
  changeset: /^publish\b/u,
  lerna: /^publish\b/u,
  vsce: /^publish\b/u,
};

const DEPLOY: Readonly<Record<string, RegExp>> = {
  vercel: /^(?:$|deploy\b|promote\b|redeploy\b|rollback\b)/u,
  now: /^(?:$|deploy\b)/u,
  netlify: /^deploy\b/u,
  wrangler: /^(?:deploy|publish|pages deploy)\b/u,
  firebase: /^deploy\b/u,
  fly: /^deploy\b/u,
  flyctl: /^deploy\b/u,
  serverless: /^deploy\b/u,
  sls: /^deploy\b/u,
  cdk: /^(?:deploy|destroy)\b/u,
  sam: /^deploy\b/u,
  eb: /^deploy\b/u,
  kubectl: /^(?:apply|create|replace|patch|set|scale|rollout|delete|edit|run)\b/u,
  helm: /^(?:install|upgrade|uninstall|rollback)\b/u,
  terraform: /^(?:apply|destroy)\b/u,
  tofu: /^(?:apply|destroy)\b/u,
  pulumi: /^(?:up|update|destroy)\b/u,
  gcloud: /\bdeploy\b/u,
  ansible: /./u,
  "ansible-playbook": /./u,
};

/** Publishing to a registry or deploying, by the usual tools. */
export function classifyRelease(tool: string, args: readonly string[]): ForbiddenAction | null {
  const bare = args.filter((arg) => !arg.startsWith("-")).join(" ");
  const whole = args.join(" ");
  if (matches(PUBLISH[tool], bare, whole)) return "publish";
  if (!args.includes("--help") && !args.includes("--version") && matches(DEPLOY[tool], bare, whole)) return "deploy";
  return null;
}

function matches(pattern: RegExp | undefined, bare: string, whole: string): boolean {
  return pattern !== undefined && (pattern.test(bare) || pattern.test(whole));
}
