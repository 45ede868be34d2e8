// Every route this client uses, by name. Views call these and know no address.

import { call } from "./client";
import type { Instance, Me, Media, NewPost, Page, Post, SignUp, User } from "./types";

type Signal = AbortSignal | undefined;

export const getInstance = () => call<Instance>("/instance");

export const createUser = (body: SignUp) => call<Me>("/users", { method: "POST", body });

export const getUser = (username: string, signal: Signal) =>
  call<User>(`/users/${encodeURIComponent(username)}`, { signal });

export const listUserPosts = (username: string, cursor: string | null, signal: Signal) =>
  call<Page<Post>>(`/users/${encodeURIComponent(username)}/posts${page(cursor)}`, { signal });

export const listPublicPosts = (cursor: string | null, signal: Signal) =>
  call<Page<Post>>(`/feeds/public${page(cursor)}`, { signal });

export const getPost = (id: string, signal: Signal) =>
  call<Post>(`/posts/${encodeURIComponent(id)}`, { signal });

/**
 * A media is in one post at most: asking again after a lost answer makes no second post with it,
 * but a 409 `media_in_use`. Nothing keeps a text alone from being posted twice.
 */
export const createPost = (body: NewPost) => call<Post>("/posts", { method: "POST", body });

export const getMedia = (id: string, signal: Signal) =>
  call<Media>(`/media/${encodeURIComponent(id)}`, { signal });

function page(cursor: string | null): string {
  return cursor === null ? "?limit=10" : `?limit=10&cursor=${encodeURIComponent(cursor)}`;
}
