// Polls a value until it no longer changes.

import { Problem } from "./api/problem";

export interface Poll<T> {
  read: () => Promise<T>;
  /** Receives every value; returns the delay in ms until the next poll, or null to stop. */
  onValue: (value: T) => number | null;
  firstAfterMs: number;
  signal: AbortSignal;
}

const SLOWEST_MS = 15_000;

/** Ends when the value is final, when the signal aborts, or when the resource no longer exists. */
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

/** False if the signal aborted. */
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
