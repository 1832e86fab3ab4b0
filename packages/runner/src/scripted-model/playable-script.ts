import { shellQuote, type Fixture, type Lane, type Script, type ScriptStep } from "@stage6/lane-contract";

/**
 * The fixture's script as a lane can play it: what it cannot run by name becomes the same command in its shell. A name
 * that the fixture does not know stays as it is.
 */
export function playableScript(
  { script, commands = [] }: Pick<Fixture, "script" | "commands">,
  lane: Pick<Lane, "toolCall">,
): Script | null {
  if (script === null) return null;
  const play = (step: ScriptStep): ScriptStep => {
    if (step.do !== "command" || lane.toolCall(step) !== null) return step;
    const argv = commands.find(({ name }) => name === step.name)?.argv;
    return argv === undefined ? step : { do: "shell", command: argv.map(shellQuote).join(" ") };
  };
  return {
    ...script,
    steps: script.steps.map(play),
    ...(script.roles === undefined
      ? {}
      : { roles: script.roles.map(({ role, steps }) => ({ role, steps: steps.map(play) })) }),
  };
}
