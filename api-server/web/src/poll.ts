// Polls a value until it no longer changes. It rests while nobody sees the page and while the
// browser is offline.

import { Problem } from "./api/problem";

export interface Poll<T> {
  read: () => Promise<T>;
  /** Receives every value; returns the delay in ms until the next poll, or null to stop. */
  onValue: (value: T) => number | null;
  firstAfterMs: number;
  signal: AbortSignal;
}

/** The shortest delay between two requests. */
const LEAST_MS = 1_000;
const SLOWEST_MS = 60_000;
/** The delays differ by up to this share, so that tabs do not all ask at the same moment. */
const JITTER = 0.25;

const FINAL = [401, 403, 404, 410];

/** Ends when the value is final, when the signal aborts, or when the resource no longer exists. */
export async function poll<T>({ read, onValue, firstAfterMs, signal }: Poll<T>): Promise<void> {
  let wait = firstAfterMs;
  while ((await sleep(wait, signal)) && (await untilNeeded(signal))) {
    try {
      const next = onValue(await read());
      if (next === null) return;
      wait = jittered(next);
    } catch (error) {
      const { status, retryAfterMs } = Problem.from(error);
      if (signal.aborted || FINAL.includes(status)) return;
      wait = jittered(Math.max(retryAfterMs, Math.min(wait * 2, SLOWEST_MS)));
    }
  }
}

/** `ms`, at least the shortest delay, plus a random share. */
export function jittered(ms: number): number {
  return Math.max(ms, LEAST_MS) * (1 + Math.random() * JITTER);
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

/** Waits until the page is visible and online. False if the signal aborted. */
function untilNeeded(signal: AbortSignal): Promise<boolean> {
  const isNeeded = () => !document.hidden && navigator.onLine;
  return new Promise((resolve) => {
    const done = new AbortController();
    const look = () => {
      if (!signal.aborted && !isNeeded()) return;
      done.abort();
      resolve(!signal.aborted);
    };
    const until = { signal: done.signal };
    document.addEventListener("visibilitychange", look, until);
    window.addEventListener("online", look, until);
    signal.addEventListener("abort", look, until);
    look();
  });
}
