import { dirname } from "node:path";
import { caseLane } from "@stage6/lane-case";
import { codexLane } from "@stage6/lane-codex";
import { piLane } from "@stage6/lane-pi";
import { ensureBackend } from "./ensure-backend.ts";
import type { BenchLane } from "./trial-overhead.ts";

/** Codex, installed when it is missing: it takes the key as a header of its provider. */
function codexBench(): BenchLane {
  return {
    lane: codexLane,
    roles: undefined,
    places: { configured: null, backendsDir: dirname(ensureBackend("codex")) },
    bare: ({ argv, env }, authorization) => ({
      argv: [
        ...argv.slice(0, -1),
        "-c",
        `model_providers.gateway.http_headers={"Authorization"="${authorization}"}`,
        "-",
      ],
      env,
    }),
  };
}

/** Pi, installed when it is missing: it takes the key from its file of models. */
function piBench(): BenchLane {
  return {
    lane: piLane,
    roles: undefined,
    places: { configured: null, backendsDir: dirname(ensureBackend("pi")) },
    bare: ({ argv, env, files }, authorization) => {
      const key = authorization.replace(/^Bearer /, "");
      return {
        argv,
        env,
        files: files.map((file) => ({ ...file, content: file.content.replace("the-gateway-adds-it", key) })),
      };
    },
  };
}

/** Case, which only its operator can provide: it takes the key from a variable. Bare, too, its closing agents are stopped at once. */
function caseBench(): BenchLane {
  const stop = (caseLane.fixedAnswers ?? []).map(({ text }) => ({ do: "say", text }) as const);
  const { roles } = caseLane;
  return {
    lane: caseLane,
    roles:
      roles === undefined
        ? undefined
        : { ...roles, steps: { ...roles.steps, closer: stop, retrospective: stop } },
    places: { configured: null, backendsDir: "", env: process.env },
    bare: ({ argv, env }, authorization) => {
      const key = authorization.replace(/^Bearer /, "");
      return { argv, env: { ...env, OPENAI_API_KEY: key, GROQ_API_KEY: key } };
    },
  };
}

/** The lanes that the bench can drive here, each made when its turn comes: Codex, and Case when variables name one. */
export function benchLanes(
  env: NodeJS.ProcessEnv,
): readonly { readonly id: string; readonly make: () => BenchLane }[] {
  const isNamed = ["STAGE6_CASE_BINARY", "STAGE6_CASE_CHECKOUT"].some((name) => (env[name] ?? "") !== "");
  return [
    { id: "codex", make: codexBench },
    { id: "pi", make: piBench },
    ...(isNamed ? [{ id: "case", make: caseBench }] : []),
  ];
}
