// Checks whether the user chose the same file again. It compares the size and samples of the bytes:
// hashing 8 GiB would take minutes, and some phones change a file's date each time it is chosen.
// This only guards against mistakes, so a non-cryptographic hash is enough; it also works outside
// secure contexts.

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

/** FNV-1a with 64 bits. */
function fnv1a(sample: Uint8Array, seed: bigint): bigint {
  let hash = seed;
  for (const byte of sample) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}
