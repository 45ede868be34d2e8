// The two requests about an upload that do not send bytes.

import { sendSigned } from "../api/client";
import { json } from "../api/http";
import { Problem } from "../api/problem";
import { jittered, sleep } from "../poll";

const TUS = { "Tus-Resumable": "1.0.0" };
const ATTEMPTS = 4;
const forever = new AbortController().signal;

/** The number of bytes on the server, or null if the upload does not exist any more. */
export async function readOffset(url: string): Promise<number | null> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await sendSigned(url, { method: "HEAD", headers: TUS });
    if (response.status === 404 || response.status === 410) return null;
    const problem = Problem.parse(response.status, "", response.headers.get("Retry-After"));
    const offset = Number(response.headers.get("Upload-Offset") ?? NaN);
    if (response.ok && Number.isSafeInteger(offset)) return offset;
    // The upload is locked, or its server is restarting: ask again.
    if (attempt === ATTEMPTS || ![409, 423, 503].includes(response.status)) throw problem;
    await sleep(jittered(Math.max(attempt * 700, problem.retryAfterMs)), forever);
  }
}

/** Terminates the upload. An upload that no longer exists is not an error. */
export async function terminate(url: string): Promise<void> {
  const response = await sendSigned(url, { method: "DELETE", headers: TUS });
  if (response.status === 404 || response.status === 410) return;
  await json<void>(response);
}
