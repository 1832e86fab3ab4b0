import { cpSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What the consumer project needs to know of one packed package. */
export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
  /** Import specifiers of all entries but package.json. */
  readonly entries: readonly string[];
  readonly commands: readonly string[];
}

const COMPILER_OPTIONS = {
  target: "es2023",
  lib: ["es2023"],
  module: "nodenext",
  moduleResolution: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  outDir: "out",
};

/** Writes a stranger's project into an empty folder: manifest, strict tsconfig, the consumers, and a load of every entry; the names of the programs. */
export function writeConsumerProject(
  folder: string,
  consumers: readonly string[],
  packages: readonly PackedPackage[],
): readonly string[] {
  const json = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), JSON.stringify(value, null, 2));
  const programs = [...consumers.map((consumer) => basename(consumer)), "every-entry.ts"];
  json("package.json", { name: "consumer", private: true, type: "module" });
  json("tsconfig.json", { compilerOptions: COMPILER_OPTIONS, files: programs });
  for (const consumer of consumers) cpSync(consumer, join(folder, basename(consumer)));
  const entries = packages.flatMap((one) => one.entries);
  const imports = entries.map((entry, index) => `import * as entry${index} from ${JSON.stringify(entry)};`);
  const names = entries.map((_, index) => `entry${index}`).join(", ");
  const count = `console.log([${names}].map((entry) => Object.keys(entry).length).join(" "));`;
  writeFileSync(join(folder, "every-entry.ts"), [...imports, count, ""].join("\n"));
  return programs.map((program) => program.replace(/\.ts$/, ".js"));
}
