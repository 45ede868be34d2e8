// Keys for `Idempotency-Key`: what is asked for again under the same one is made once.
// `randomUUID` is for secure contexts only.

export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
