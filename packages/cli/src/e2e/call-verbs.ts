// Runs calls of the command line one after the other in one process, and says what each left: called by the test of every
// verb inside the strict bounds. Words are read from the file named first; what came of them goes to the file named second.
import { readFileSync, writeFileSync } from "node:fs";
import { checkDocument } from "@stage6/evidence-interface";
import { digestTree } from "@stage6/bounds";
import { main } from "../cli.ts";
import { VerbCalls, type VerbResults } from "./verb-calls.ts";

const [input = "", output = ""] = process.argv.slice(2);
const { value: order } = checkDocument(VerbCalls, JSON.parse(readFileSync(input, "utf8")), "calls");
if (order === null) process.exit(2);
const look = async (): Promise<string> => (await digestTree(order.root, { skipGit: false })).digest;

const results: VerbResults = [];
for (const words of order.calls) {
  const before = await look();
  let out = "";
  let err = "";
  const code = await main(["--json", ...words], {
    cwd: process.cwd(),
    env: process.env,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    color: false,
    now: () => Date.now(),
    interrupt: () => new AbortController().signal,
  });
  const document: unknown = JSON.parse(out);
  const activation: unknown =
    typeof document === "object" && document !== null ? Reflect.get(document, "activation") : undefined;
  results.push({ code, activation, changed: before !== (await look()), err: err.slice(-2000) });
  writeFileSync(output, JSON.stringify(results));
}
