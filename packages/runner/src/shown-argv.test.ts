import { expect, it } from "vitest";
import { shownArgv } from "./shown-argv.ts";

const backend = { executable: "/home/op/backends/node", args: ["/home/op/backends/node/cli.js", "--plain"] };
const shown = (...argv: string[]): string[] => shownArgv(argv, { scratch: "/tmp/trial-1", backend });

it("shows the trial's folder and the backend's paths by stable names, inside longer arguments too", () => {
  expect(
    shown(backend.executable, ...backend.args, "-C", "/tmp/trial-1/workspace", `x=${backend.executable}`),
  ).toEqual(["$BACKEND/node", "$BACKEND/cli.js", "--plain", "-C", "$TRIAL/workspace", "x=$BACKEND/node"]);
});

it("leaves every other argument as it is, relative backend arguments and `$` patterns included", () => {
  expect(shown("exec", "--json", "$&", "/usr/bin/env")).toEqual(["exec", "--json", "$&", "/usr/bin/env"]);
});
