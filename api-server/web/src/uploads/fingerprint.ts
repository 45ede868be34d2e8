// Tells whether a file chosen again is the one whose upload was begun. Its size and
// samples of its bytes are compared: reading 8 GiB to hash it all would take minutes,
// and the date of a file changes on some phones each time it is chosen.
// This guards against mistakes only, so a hash that needs no secure context will do.

const SAMPLES = 16;
const SAMPLE_BYTES = 16 * 1024;

export async function fingerprint(file: File): Promise<string> {
  let hash = 0xcbf29ce484222325n;
  const step = Math.max(SAMPLE_BYTES, (file.size - SAMPLE_BYTES) / (SAMPLES - 1));
  for (let i = 0; i < SAMPLES; i += 1) {
    const start = Math.floor(i * step);
    if (start >= file.size) break;
    const sample = await file.slice(start, start + SAMPLE_BYTES).arrayBuffer();
    hash = fnv1a(new Uint8Array(sample), hash);
  }
  return `${file.size}-${hash.toString(16)}`;
}

/** FNV-1a over 64 bits. */
function fnv1a(sample: Uint8Array, seed: bigint): bigint {
  let hash = seed;
  for (const byte of sample) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}
