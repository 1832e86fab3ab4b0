import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { createPsTable, parsePs } from "./ps-table.ts";

test("rows of one user are read, zombies and other users left out", () => {
  const output = [
    "    1     0     1     0 Ss   Mon Jul  7 09:05:01 2025 /sbin/launchd",
    "  501   500   500   501 S+   Tue Jul 15 19:05:01 2025 sleep 30 A=1 STAGE6_RUN=m-1",
    "  502   500   500   501 Z    Tue Jul 15 19:05:01 2025 <defunct>",
    "no row at all",
    "",
  ].join("\n");
  expect(parsePs(output, 501)).toEqual([
    {
      pid: 501,
      parent: 500,
      group: 500,
      start: "Tue Jul 15 19:05:01 2025",
      command: "sleep 30 A=1 STAGE6_RUN=m-1",
      environment: "sleep 30 A=1 STAGE6_RUN=m-1",
      cwd: null,
      channels: [],
    },
  ]);
});

test("the real ps tells a new process with its marker", async () => {
  const table = createPsTable(process.platform === "darwin" ? ["-axwwE"] : ["axewww"]);
  const known = await table.keys();
  const child = spawn("sleep", ["308"], { env: { ...process.env, STAGE6_RUN: "m-308" }, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const row = (await table.rowsExcept(known)).find(({ pid }) => pid === child.pid);
  expect(row).toMatchObject({ parent: process.pid });
  expect(row?.environment).toContain("STAGE6_RUN=m-308");
});
