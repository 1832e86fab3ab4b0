import type { Fixture } from "@stage6/lane-contract";

/** What is wrong with the named commands of a fixture and the steps that run them; empty when nothing is. */
export function commandFaults({
  commands = [],
  script,
}: Pick<Fixture, "commands" | "script">): readonly string[] {
  const names = new Set(commands.map(({ name }) => name));
  const steps = [script?.steps ?? [], ...(script?.roles ?? []).map((role) => role.steps)].flat();
  return [
    ...(names.size === commands.length ? [] : ["two named commands have the same name"]),
    ...steps.flatMap((step) =>
      step.do === "command" && !names.has(step.name)
        ? `the script runs ${step.name}, which is no named command`
        : [],
    ),
  ];
}
