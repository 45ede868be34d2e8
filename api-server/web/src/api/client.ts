// Requests with the user's bearer token. If a server refuses the token, the client refreshes it and
// repeats the request once.

import { accessToken, refuseToken } from "../session";
import { API, json, send, type RequestOptions } from "./http";

/** For api-server and upload-server only; never send the token to another origin. */
export async function sendSigned(url: string, options: RequestOptions = {}): Promise<Response> {
  const token = await accessToken();
  const response = await send(url, withToken(options, token));
  if (response.status !== 401 || token === null) return response;
  refuseToken(token);
  return send(url, withToken(options, await accessToken()));
}

export async function call<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return json<T>(await sendSigned(API + path, options));
}

function withToken(options: RequestOptions, token: string | null): RequestOptions {
  if (token === null) return options;
  return { ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } };
}
