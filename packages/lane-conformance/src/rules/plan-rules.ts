import type { Lane, LanePlan } from "@stage6/lane-contract";
import type { LaneRule } from "../lane-rule.ts";
import { GATEWAY_URL, SAMPLE_REQUEST, SAMPLE_TASK } from "../sample-request.ts";

const planOf = (lane: Lane): LanePlan => lane.plan(SAMPLE_REQUEST);
const withPlan = (lane: Lane, change: (plan: LanePlan) => LanePlan): Lane => ({
  ...lane,
  plan: (request) => change(lane.plan(request)),
});
const isInside = (path: string): boolean =>
  path !== "" && !path.startsWith("/") && path.split("/").every((part) => !/^(\.{0,2})$/.test(part));

const pure: LaneRule = {
  id: "plan-pure",
  statement: "the same request gives the same plan",
  check: (lane) =>
    JSON.stringify(planOf(lane)) === JSON.stringify(planOf(lane)) ? [] : ["two plans of one request differ"],
  broken: (lane) => {
    let count = 0;
    return withPlan(lane, (plan) => ({ ...plan, argv: [...plan.argv, String((count += 1))] }));
  },
};

const backend: LaneRule = {
  id: "plan-backend",
  statement: "it runs the backend that the runner resolved, arguments first, and nothing in front of it",
  check: (lane) => {
    const wanted = [SAMPLE_REQUEST.backend.executable, ...SAMPLE_REQUEST.backend.args];
    const found = planOf(lane).argv.slice(0, wanted.length);
    return found.join("\n") === wanted.join("\n") ? [] : [`the command line begins with ${found.join(" ")}`];
  },
  broken: (lane) => withPlan(lane, (plan) => ({ ...plan, argv: ["/usr/bin/env", ...plan.argv] })),
};

const environment: LaneRule = {
  id: "plan-environment",
  statement:
    "the child gets the trial's own path, home and temp folder; only folders of the lane's own stand in front or instead",
  check: (lane) => {
    const { env } = planOf(lane);
    const { path, home, tmp, laneDir } = SAMPLE_REQUEST;
    const own = (value: string): boolean => value.startsWith(`${laneDir}/`) && !value.includes("..");
    // In front of the trial's path may stand a folder of the lane's own; a backend that fills its home has one there.
    const first = env["PATH"] === path ? null : env["PATH"]?.slice(0, -path.length - 1);
    const good = {
      PATH:
        env["PATH"] === `${first ?? ""}${first === null ? "" : ":"}${path}` &&
        (first === null || own(first ?? "")),
      HOME: env["HOME"] === home || own(env["HOME"] ?? ""),
      TMPDIR: env["TMPDIR"] === tmp,
    };
    return Object.entries(good).flatMap(([name, fits]) =>
      fits ? [] : [`${name} is ${env[name] ?? "not set"}, which is neither the trial's nor the lane's own`],
    );
  },
  broken: (lane) =>
    withPlan(lane, (plan) => ({
      ...plan,
      env: Object.fromEntries(Object.entries(plan.env).filter(([name]) => name !== "HOME")),
    })),
};

const files: LaneRule = {
  id: "plan-files",
  statement: "its files and what is collected lie below its own folder",
  check: (lane) => {
    const plan = planOf(lane);
    const paths = [
      ...plan.files.map(({ path }) => path),
      ...plan.collect.flatMap(({ folder, orFolders }) => [folder, ...(orFolders ?? [])]),
    ];
    return paths.filter((path) => !isInside(path)).map((path) => `${path} leaves the folder`);
  },
  broken: (lane) =>
    withPlan(lane, (plan) => ({ ...plan, files: [...plan.files, { path: "a/../../b", content: "" }] })),
};

const streams: LaneRule = {
  id: "plan-streams",
  statement: "a collected stream has a name of its own, kebab-case",
  check: (lane) => {
    const names = planOf(lane).collect.map(({ stream }) => stream);
    const taken = new Set(["stdout", "stderr"]);
    return names.flatMap((name) => {
      const good = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && !taken.has(name);
      taken.add(name);
      return good ? [] : [`the stream name ${name} is taken or malformed`];
    });
  },
  broken: (lane) =>
    withPlan(lane, (plan) => ({
      ...plan,
      collect: [...plan.collect, { stream: "stdout", folder: "logs", suffix: ".log" }],
    })),
};

const task: LaneRule = {
  id: "plan-task",
  statement: "the task is no part of the command line, where its length ends and its words become flags",
  check: (lane) =>
    planOf(lane).argv.some((word) => word.includes(SAMPLE_TASK.trim())) ? ["the task stands in argv"] : [],
  broken: (lane) => ({
    ...lane,
    plan: (request) => {
      const plan = lane.plan(request);
      return { ...plan, argv: [...plan.argv, request.task] };
    },
  }),
};

const gateway: LaneRule = {
  id: "plan-gateway",
  statement:
    "the gateway's address, which carries the trial's token, is no part of a command line, which every user can read",
  check: (lane) => {
    const { argv, preflight } = planOf(lane);
    const { host } = new URL(GATEWAY_URL);
    const token = new URL(GATEWAY_URL).pathname.slice(1);
    return [...argv, ...(preflight?.argv ?? [])]
      .filter((word) => word.includes(host) || word.includes(token))
      .map(() => "the gateway's address stands in argv");
  },
  broken: (lane) => ({
    ...lane,
    plan: (request) => {
      const plan = lane.plan(request);
      return { ...plan, argv: [...plan.argv, `--url=${request.gatewayUrl ?? ""}/v1`] };
    },
  }),
};

/** Rules about the plan of a trial. */
export const PLAN_RULES: readonly LaneRule[] = [pure, backend, environment, files, streams, task, gateway];
