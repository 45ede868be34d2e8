// Who is signed in. The access token lives in memory only; the refresh token in
// localStorage, where it survives a reload and is shared by all tabs.

import { API, json, send } from "./api/http";
import { Problem } from "./api/problem";
import type { Me, Tokens } from "./api/types";
import { Store } from "./store";

const REFRESH_KEY = "pawl.refresh_token";

/** A token this close to its end might expire under way. */
const RENEW_BEFORE_MS = 30_000;

let access: { token: string; expiresAt: number } | null = null;
let refreshing: Promise<string | null> | null = null;

export const me = new Store<Me | null>(null);

/** Picks up the session of an earlier page. Throws only if the server cannot say. */
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

/** Ends the session here at once; that the server hears of it is best effort. */
export async function signOut(): Promise<void> {
  const token = await accessToken().catch(() => null);
  forget();
  if (token === null) return;
  const headers = { Authorization: `Bearer ${token}` };
  await send(`${API}/sessions/current`, { method: "DELETE", headers }).catch(() => undefined);
}

/** A token that is good for a while yet, or null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (access !== null && access.expiresAt - Date.now() > RENEW_BEFORE_MS) return access.token;
  refreshing ??= refresh().finally(() => (refreshing = null));
  return refreshing;
}

/** A server refused this token: the next one who asks gets a new one. */
export function refuseToken(token: string): void {
  if (access?.token === token) access = null;
}

async function refresh(): Promise<string | null> {
  // Read anew each time: another tab may have refreshed meanwhile.
  const refresh_token = localStorage.getItem(REFRESH_KEY);
  if (refresh_token === null) return null;
  const body = { refresh_token };
  const response = await send(`${API}/sessions/refresh`, { method: "POST", body });
  if (response.status === 401 || response.status === 422) {
    // Unless another tab has just replaced it, this session is over.
    if (localStorage.getItem(REFRESH_KEY) === refresh_token) forget();
    return null;
  }
  return keep(await json<Tokens>(response));
}

function keep(tokens: Tokens): string {
  access = { token: tokens.access_token, expiresAt: Date.now() + tokens.expires_in * 1000 };
  localStorage.setItem(REFRESH_KEY, tokens.refresh_token);
  return tokens.access_token;
}

function forget(): void {
  access = null;
  localStorage.removeItem(REFRESH_KEY);
  me.set(null);
}

/** Takes up what has changed about oneself, for example one's picture. */
export async function renewMe(): Promise<void> {
  const token = await accessToken();
  if (token !== null) await loadMe(token);
}

async function loadMe(token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  try {
    me.set(await json<Me>(await send(`${API}/me`, { headers })));
  } catch (error) {
    if (Problem.from(error).status !== 401) throw error;
    forget();
  }
}

/** Signed out (or in as somebody else) in another tab: this one starts anew. */
function followOtherTabs(event: StorageEvent): void {
  if (event.key !== REFRESH_KEY) return;
  if ((event.newValue === null) !== (event.oldValue === null)) location.reload();
}
