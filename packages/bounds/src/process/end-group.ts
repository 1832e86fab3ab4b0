/** Signals a whole process group; a group that is gone, or holds only the dead, is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // ESRCH: gone. EPERM on macOS: only zombies are left.
  }
}

/** Asks a group to end and forces it after `graceMs`; the returned function calls the force off. */
export function endGroup(group: number, graceMs: number): () => void {
  signalGroup(group, "SIGTERM");
  const force = setTimeout(() => signalGroup(group, "SIGKILL"), graceMs);
  return () => clearTimeout(force);
}
