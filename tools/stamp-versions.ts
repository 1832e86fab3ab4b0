// Writes each lane package's own version into its ADAPTER_VERSION, after changeset version; --check only tells.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "./boundaries/is-record.ts";

const LITERAL = /(?<=export const ADAPTER_VERSION = ")[^"]*(?=";)/;
const packages = join(import.meta.dirname, "..", "packages");
const check = process.argv.includes("--check");
let stamped = 0;

for (const name of readdirSync(packages).filter((folder) => folder.startsWith("lane-"))) {
  const manifest: unknown = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
  const version = isRecord(manifest) ? String(manifest.version) : "";
  for (const file of ["version.ts", "versions.ts"].filter((one) =>
    readdirSync(join(packages, name, "src")).includes(one),
  )) {
    const path = join(packages, name, "src", file);
    const text = readFileSync(path, "utf8");
    const found = LITERAL.exec(text)?.[0];
    if (found === undefined) continue;
    stamped += 1;
    if (found === version) continue;
    if (check) {
      console.error(`${name}: ADAPTER_VERSION is ${found}, the package is ${version}`);
      process.exitCode = 1;
    } else writeFileSync(path, text.replace(LITERAL, version));
  }
}
// A check that looked at nothing has not passed.
if (stamped === 0) throw new Error("no ADAPTER_VERSION was found");
console.log(`versions: ${stamped} adapters looked at`);
