// Requests without a session: fetch, JSON, and errors as `Problem`.

import { Problem } from "./problem";

export const API = "/api/v1";

/** A stalled request must not leave a button disabled for ever. */
const ANSWER_WITHIN_MS = 30_000;

export interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, or unchanged if it is a `FormData`. */
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Sends a request and returns the answer, including error statuses. */
export async function send(url: string, options: RequestOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  const init: RequestInit = { method: options.method ?? "GET", headers };
  if (options.body instanceof FormData) {
    // The browser sets the content type, because only it knows the boundary.
    init.body = options.body;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  const deadline = AbortSignal.timeout(ANSWER_WITHIN_MS);
  init.signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  try {
    return await fetch(url, init);
  } catch {
    options.signal?.throwIfAborted();
    throw Problem.unreachable();
  }
}

/** The JSON of a successful answer (undefined for 204); throws a `Problem` for any other status. */
export async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) {
    throw Problem.parse(response.status, text, response.headers.get("Retry-After"));
  }
  return (text === "" ? undefined : JSON.parse(text)) as T;
}
