/** Lanes that a plan runs when `lanes` were asked for: the candidate and fake, the default validation lane, are always among them; null: all. */
export function selectLanes(
  lanes: readonly string[] | undefined,
  candidate: string,
): readonly string[] | null {
  return lanes === undefined ? null : [...new Set([...lanes, candidate, "fake"])];
}
