const numbers = (version: string): readonly number[] => version.split("-")[0]?.split(".").map(Number) ?? [];

/** Orders two `X.Y.Z` versions: negative when `a` is older, 0 when equal, positive when newer; a suffix is not looked at. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What to say of a version that is newer than the newest tested one, or a pre-release; null for others. `release` is it without its suffix. */
export function untestedNote(name: string, version: string, release: string, newest: string): string | null {
  return compareVersions(release, newest) > 0 || release !== version
    ? `${name} ${version} is newer than ${newest} or a pre-release: not tested with this lane.`
    : null;
}

/**
 * Where a backend's version stands beside those that its lane was tested against, oldest first: `tested`, `beyond` the
 * last known good one (a pre-release of it too), or `untested` between or before them.
 */
export function versionStanding(
  version: string,
  tested: readonly string[],
): "tested" | "beyond" | "untested" {
  if (tested.includes(version)) return "tested";
  const last = tested.at(-1);
  return last === undefined || compareVersions(version, last) >= 0 ? "beyond" : "untested";
}
