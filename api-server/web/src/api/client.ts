// Requests in the name of whoever is signed in: the bearer token goes along, and a
// refused token is renewed and the request sent once more.

import { accessToken, refuseToken } from "../session";
import { API, json, send, type RequestOptions } from "./http";

/** Works for api-server and upload-server; the token must go to no one else. */
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
