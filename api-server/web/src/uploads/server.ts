// The two requests about an upload that are not part of sending it.

import { sendSigned } from "../api/client";
import { json } from "../api/http";
import { Problem } from "../api/problem";
import { sleep } from "../poll";

const TUS = { "Tus-Resumable": "1.0.0" };
const ATTEMPTS = 4;

/** How many bytes have arrived, or null when the upload is there no more. */
export async function readOffset(url: string): Promise<number | null> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await sendSigned(url, { method: "HEAD", headers: TUS });
    if (response.status === 404 || response.status === 410) return null;
    const offset = Number(response.headers.get("Upload-Offset") ?? NaN);
    if (response.ok && Number.isSafeInteger(offset)) return offset;
    // Locked, or its server is on its way back: worth asking again.
    if (attempt === ATTEMPTS || ![409, 423, 503].includes(response.status)) {
      throw Problem.parse(response.status, "");
    }
    await sleep(attempt * 700, AbortSignal.timeout(10_000));
  }
}

/** Ends the upload and frees its bytes; one that is gone already is no fault. */
export async function terminate(url: string): Promise<void> {
  const response = await sendSigned(url, { method: "DELETE", headers: TUS });
  if (response.status === 404 || response.status === 410) return;
  await json<void>(response);
}
