import type { Command } from "commander";
import type { Perform } from "../build-program.ts";
import { listPins, pinFolder, readPin } from "../backend-pin.ts";
import { CliError } from "../cli-error.ts";
import { EXIT } from "../exit-code.ts";
import { installBackend, isInstalled } from "../install-backend.ts";
import { textTable } from "../text-table.ts";
import { backendsFolder } from "../user-folders.ts";

/** `backends`: installs pinned backends, and lists them. */
export function addBackends(program: Command, perform: Perform): void {
  const backends = program
    .command("backends")
    .description("install the pinned backends that lanes need")
    .helpCommand(false);
  perform(
    backends.command("list").description("show the pinned backends and which are installed"),
    async (context) => {
      const folder = backendsFolder(context.io.env);
      const pins = (await Promise.all((await listPins()).map(readPin))).filter((pin) => pin !== null);
      const rows = await Promise.all(
        pins.map(async (pin) => ({
          name: pin.name,
          installed: await isInstalled(folder, pin),
          folder: pinFolder(folder, pin),
        })),
      );
      const table = textTable([
        ["backend", "state", "folder"],
        ...rows.map((row) => [row.name, row.installed ? "installed" : "not installed", row.folder]),
      ]);
      return { exitCode: EXIT.holds, text: `${table.join("\n")}\n`, data: { backends: rows } };
    },
  );
  perform(
    backends
      .command("install")
      .description("install one pinned backend, or all of them")
      .argument("[name]", "backend to install (default: all)"),
    async (context, _options, [name]) => {
      const known = await listPins();
      const wanted = name === undefined ? known : [name];
      const folder = backendsFolder(context.io.env);
      const done: { name: string; state: string; folder: string }[] = [];
      for (const one of wanted) {
        const pin = await readPin(one);
        if (pin === null)
          throw new CliError("USAGE", EXIT.usage, `there is no pinned backend ${one}`, {
            remedy: `Pinned backends: ${known.join(", ")}.`,
          });
        const state = await installBackend(folder, pin, {
          env: context.io.env,
          log: context.log,
          signal: context.io.interrupt(),
        });
        done.push({ name: one, state, folder: pinFolder(folder, pin) });
      }
      const lines = done.map(
        (one) =>
          `${one.name}: ${one.state === "installed" ? "installed" : "already installed"} in ${one.folder}`,
      );
      return { exitCode: EXIT.holds, text: `${lines.join("\n")}\n`, data: { backends: done } };
    },
  );
}
