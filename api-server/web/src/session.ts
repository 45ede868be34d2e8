// The signed-in user. The access token is in memory only. The refresh token is in localStorage, so
// that it survives a reload and all tabs share it.

import { API, json, send } from "./api/http";
import { Problem } from "./api/problem";
import type { Me, Tokens } from "./api/types";
import { readStored, removeStored, writeStored } from "./storage";
import { Store } from "./store";

const REFRESH_KEY = "pawl.refresh_token";

/** A token that expires within this time might expire during a request. */
const RENEW_BEFORE_MS = 30_000;

let access: { token: string; expiresAt: number } | null = null;
let refreshing: Promise<string | null> | null = null;

export const me = new Store<Me | null>(null);

/** Why the user is not signed in any more, if they did not sign out here. */
export const endOfSession = new Store<string | null>(null);

/** Whether a user is signed in, or will be as soon as the server has answered. */
export function hasSession(): boolean {
  return readStored(REFRESH_KEY) !== null;
}

/** Restores the session of an earlier page. Throws only if the server gives no answer. */
export async function restoreSession(): Promise<void> {
  window.addEventListener("storage", followOtherTabs);
  const token = await accessToken();
  if (token !== null) await loadMe(token);
}

export async function signIn(login: string, password: string): Promise<void> {
  const body = { login, password };
  keep(await json<Tokens>(await send(`${API}/sessions`, { method: "POST", body })));
  const token = await accessToken();
  if (token !== null) await loadMe(token);
}

/** Ends the session in this tab at once. Telling the server is best effort. */
export async function signOut(): Promise<void> {
  const token = await accessToken().catch(() => null);
  forget();
  if (token === null) return;
  const headers = { Authorization: `Bearer ${token}` };
  await send(`${API}/sessions/current`, { method: "DELETE", headers }).catch(() => undefined);
}

/** A token that is still valid for a while, or null if nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (access !== null && access.expiresAt - Date.now() > RENEW_BEFORE_MS) return access.token;
  refreshing ??= refresh().finally(() => (refreshing = null));
  return refreshing;
}

/** A server refused this token: the next caller gets a new one. */
export function refuseToken(token: string): void {
  if (access?.token === token) access = null;
}

async function refresh(): Promise<string | null> {
  // Read it each time, because another tab may have refreshed it.
  const refresh_token = readStored(REFRESH_KEY);
  if (refresh_token === null) return null;
  const body = { refresh_token };
  const response = await send(`${API}/sessions/refresh`, { method: "POST", body });
  try {
    return keep(await json<Tokens>(response));
  } catch (error) {
    const { status, message } = Problem.from(error);
    if (status !== 401 && status !== 422) throw error;
    // Unless another tab has just replaced the token, the session is over.
    if (readStored(REFRESH_KEY) === refresh_token) forget(message);
    return null;
  }
}

function keep(tokens: Tokens): string {
  access = { token: tokens.access_token, expiresAt: Date.now() + tokens.expires_in * 1000 };
  writeStored(REFRESH_KEY, tokens.refresh_token);
  endOfSession.set(null);
  return tokens.access_token;
}

function forget(reason: string | null = null): void {
  access = null;
  removeStored(REFRESH_KEY);
  endOfSession.set(reason);
  me.set(null);
}

/** Applies changes of the own profile, for example of the picture. */
export async function renewMe(): Promise<void> {
  const token = await accessToken();
  if (token !== null) await loadMe(token);
}

async function loadMe(token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  try {
    me.set(await json<Me>(await send(`${API}/me`, { headers })));
  } catch (error) {
    const { status, message } = Problem.from(error);
    if (status !== 401) throw error;
    forget(message);
  }
}

/** Another tab signed out, or signed in. */
function followOtherTabs({ key, newValue, oldValue }: StorageEvent): void {
  if (key !== REFRESH_KEY || (newValue === null) === (oldValue === null)) return;
  if (newValue === null) forget("You were signed out in another tab.");
  // If the server cannot be reached, the next request tries again.
  else renewMe().catch(() => undefined);
}
