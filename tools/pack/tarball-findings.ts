/**
 * What is wrong with the list of files of one packed package: tests or build state inside, built files whose source
 * is gone, sources that were not built, or no licence. Paths are relative to the package.
 */
export function tarballFindings(files: readonly string[]): string[] {
  const sources = files.filter((file) => /^src\/.*\.[mc]?ts$/.test(file) && !/\.d\.[mc]?ts$/.test(file));
  const built = files.filter((file) => /^dist\/.*\.[mc]?js$/.test(file));
  const stem = (file: string) => file.replace(/^(src|dist)\//, "").replace(/\.[mc]?[jt]s$/, "");
  const sourceStems = new Set(sources.map(stem));
  const builtStems = new Set(built.map(stem));
  return [
    // A shipped fixture is a target repository: its tests are data.
    ...files
      .filter((file) => !file.startsWith("fixtures/") && /\.(test|test-d|bench)\.[^/]*$/.test(file))
      .map((file) => `${file} is a test`),
    ...files.filter((file) => file.endsWith(".tsbuildinfo")).map((file) => `${file} is build state`),
    ...built
      .filter((file) => !sourceStems.has(stem(file)))
      .map((file) => `${file} has no source (remove dist, build again)`),
    ...sources
      .filter((file) => !isTest(file) && !builtStems.has(stem(file)))
      .map((file) => `${file} is not built`),
    ...(files.includes("LICENSE") ? [] : ["LICENSE is missing"]),
    ...(built.length > 0 ? [] : ["nothing built is inside"]),
  ];
}

function isTest(file: string): boolean {
  return /\.test(-d)?\.[mc]?ts$/.test(file);
}
