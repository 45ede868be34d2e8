// Measures the upload speed over the last few seconds.

const WINDOW_MS = 5_000;
const LEAST_MS = 500;

export class SpeedMeter {
  #samples: { at: number; bytes: number }[] = [];

  reset(): void {
    this.#samples = [];
  }

  /** Takes the number of bytes sent so far; returns bytes per second, or null while unknown. */
  add(bytes: number, now = performance.now()): number | null {
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > WINDOW_MS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    if (first === undefined || now - first.at < LEAST_MS) return null;
    return Math.max(0, ((bytes - first.bytes) / (now - first.at)) * 1000);
  }
}
