// API calls for posts, comments and media. Views use these functions and contain no paths.

import { call } from "./client";
import { at, page, type Signal } from "./paths";
import type {
  Comment,
  Instance,
  Media,
  NewComment,
  NewPost,
  Page,
  Post,
  PostPatch,
  User,
} from "./types";

export const getInstance = () => call<Instance>("/instance");

export const listHomePosts = (cursor: string | null, signal: Signal) =>
  call<Page<Post>>(`/feeds/home${page(cursor)}`, { signal });

export const listPublicPosts = (cursor: string | null, signal: Signal) =>
  call<Page<Post>>(`/feeds/public${page(cursor)}`, { signal });

export const searchPosts = (q: string, cursor: string | null, signal: Signal) =>
  call<Page<Post>>(`/search${page(cursor, { q, kind: "posts" })}`, { signal });

export const getPost = (id: string, signal: Signal) => call<Post>(at`/posts/${id}`, { signal });

/** The same key makes a repeated request safe, for example after a lost answer. */
export const createPost = (body: NewPost, key: string) =>
  call<Post>("/posts", { method: "POST", body, headers: { "Idempotency-Key": key } });

export const updatePost = (id: string, body: PostPatch) =>
  call<Post>(at`/posts/${id}`, { method: "PATCH", body });

export const deletePost = (id: string) => call<void>(at`/posts/${id}`, { method: "DELETE" });

export const likePost = (id: string, isLiked: boolean) =>
  call<void>(at`/posts/${id}/like`, { method: isLiked ? "PUT" : "DELETE" });

export const listPostLikes = (id: string, cursor: string | null, signal: Signal) =>
  call<Page<User>>(at`/posts/${id}/likes` + page(cursor), { signal });

export const listComments = (
  postId: string,
  parentId: string | null,
  cursor: string | null,
  signal: Signal,
) => {
  const query = page(cursor, parentId === null ? {} : { parent_id: parentId });
  return call<Page<Comment>>(at`/posts/${postId}/comments` + query, { signal });
};

export const createComment = (postId: string, body: NewComment, key: string) =>
  call<Comment>(at`/posts/${postId}/comments`, {
    method: "POST",
    body,
    headers: { "Idempotency-Key": key },
  });

export const updateComment = (id: string, text: string) =>
  call<Comment>(at`/comments/${id}`, { method: "PATCH", body: { text } });

export const deleteComment = (id: string) => call<void>(at`/comments/${id}`, { method: "DELETE" });

export const likeComment = (id: string, isLiked: boolean) =>
  call<void>(at`/comments/${id}/like`, { method: isLiked ? "PUT" : "DELETE" });

export const getMedia = (id: string, signal: Signal) => call<Media>(at`/media/${id}`, { signal });

export const deleteMedia = (id: string) => call<void>(at`/media/${id}`, { method: "DELETE" });
