// API calls for users and for the own profile.

import { call } from "./client";
import { at, page, type Signal } from "./paths";
import type { Me, NewUser, Page, PasswordChange, Post, ProfilePatch, Session, User } from "./types";

export type PeopleList = "followers" | "following";
export type Mark = "follow" | "mute" | "block";
export type Picture = "avatar" | "cover";

/** Sent as a multipart form if there is a picture, else as JSON. */
export function createUser(account: NewUser, picture: File | null): Promise<Me> {
  const body = picture === null ? account : withFile(account, picture);
  return call<Me>("/users", { method: "POST", body });
}

export const getUser = (username: string, signal: Signal) =>
  call<User>(at`/users/${username}`, { signal });

export const listUserPosts = (username: string, cursor: string | null, signal: Signal) =>
  call<Page<Post>>(at`/users/${username}/posts` + page(cursor), { signal });

export const listFollows = (
  username: string,
  list: PeopleList,
  cursor: string | null,
  signal: Signal,
) => call<Page<User>>(at`/users/${username}/${list}` + page(cursor), { signal });

export const searchUsers = (q: string, cursor: string | null, signal: Signal) =>
  call<Page<User>>(`/search${page(cursor, { q, kind: "users" })}`, { signal });

/** Sets or removes a follow, a mute or a block; repeating it has no effect. */
export const mark = (username: string, what: Mark, isSet: boolean) =>
  call<void>(at`/users/${username}/${what}`, { method: isSet ? "PUT" : "DELETE" });

export const listMarked = (what: "blocks" | "mutes", cursor: string | null, signal: Signal) =>
  call<Page<User>>(`/${what}${page(cursor)}`, { signal });

/** The longest list of blocks that is searched; later ones look like missing users. */
const MOST_BLOCK_PAGES = 20;

/** The user, if the caller has blocked them: a profile is 404 then. */
export async function findBlocked(username: string, signal: Signal): Promise<User | null> {
  const isIt = (user: User) => user.username.toLowerCase() === username.toLowerCase();
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_BLOCK_PAGES; pages += 1) {
    const query = page(cursor, { limit: "100" });
    const { items, next_cursor }: Page<User> = await call(`/blocks${query}`, { signal });
    const found = items.find(isIt);
    if (found !== undefined || next_cursor === null) return found ?? null;
    cursor = next_cursor;
  }
  return null;
}

export const listFollowRequests = (cursor: string | null, signal: Signal) =>
  call<Page<User>>(`/follow-requests${page(cursor)}`, { signal });

export const answerFollowRequest = (username: string, isAccepted: boolean) =>
  call<void>(at`/follow-requests/${username}`, { method: isAccepted ? "PUT" : "DELETE" });

export const updateMe = (body: ProfilePatch) => call<Me>("/me", { method: "PATCH", body });

export const setPicture = (which: Picture, picture: File) =>
  call<void>(`/me/${which}`, { method: "PUT", body: withFile({}, picture) });

export const removePicture = (which: Picture) => call<void>(`/me/${which}`, { method: "DELETE" });

export const changePassword = (body: PasswordChange) =>
  call<void>("/me/password", { method: "PUT", body });

export const listSessions = (cursor: string | null, signal: Signal) =>
  call<Page<Session>>(`/sessions${page(cursor)}`, { signal });

export const endSession = (id: string) => call<void>(at`/sessions/${id}`, { method: "DELETE" });

function withFile(fields: object, picture: File): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  form.append("picture", picture);
  return form;
}
