// Looking at something again and again until it has settled.

import { Problem } from "./api/problem";

export interface Poll<T> {
  read: () => Promise<T>;
  /** Is told every value; answers after how many ms to look again, null for never. */
  onValue: (value: T) => number | null;
  firstAfterMs: number;
  signal: AbortSignal;
}

const SLOWEST_MS = 15_000;

/** Ends when settled, when the signal says so, or when the thing is not there to see any more. */
export async function poll<T>({ read, onValue, firstAfterMs, signal }: Poll<T>): Promise<void> {
  let wait = firstAfterMs;
  while (await sleep(wait, signal)) {
    if (document.hidden) continue;
    try {
      const next = onValue(await read());
      if (next === null) return;
      wait = next;
    } catch (error) {
      if (signal.aborted || [401, 403, 404, 410].includes(Problem.from(error).status)) return;
      wait = Math.min(wait * 2, SLOWEST_MS);
    }
  }
}

/** False when the signal ended it. */
export function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const end = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve(true);
    }, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
