// Only one tab sends an upload at a time. Two tabs would interrupt each other for ever, because the
// server ends the running append when a newer request arrives.

/** A page that reloads releases its locks within this time. */
const WAIT_MS = 1_500;

export type Release = () => void;

/**
 * Null if another tab has the lock. Browsers offer locks only in secure contexts; elsewhere there
 * is no lock.
 */
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
