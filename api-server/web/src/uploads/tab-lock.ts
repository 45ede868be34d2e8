// One tab sends an upload at a time. Two would take it from each other for ever,
// because a server ends the running append when a newer request comes.

/** A page that is being reloaded lets go of its locks within this time. */
const WAIT_MS = 1_500;

export type Release = () => void;

/** Null: another tab has it. Browsers give locks to secure contexts only; others do without. */
export async function lockUpload(id: string): Promise<Release | null> {
  if (!("locks" in navigator)) return () => undefined;
  return new Promise((resolve) => {
    const held = (lock: Lock | null) =>
      new Promise<void>((release) => resolve(lock === null ? null : release));
    navigator.locks
      .request(`pawl-upload-${id}`, { signal: AbortSignal.timeout(WAIT_MS) }, held)
      .catch(() => resolve(null));
  });
}
