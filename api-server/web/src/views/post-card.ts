// One post: who, when, what they say, and the video.

import { getMedia, getPost } from "../api/calls";
import type { Media, Post } from "../api/types";
import { h } from "../dom";
import { ago } from "../format";
import { me } from "../session";
import { avatar, fullName } from "./avatar";
import { visibilityBadge } from "./composer-fields";
import { mediaView } from "./media";

export function postCard(post: Post, signal: AbortSignal): HTMLElement {
  const name = fullName(post.author);
  return h(
    "article",
    { class: "card post", "aria-label": `Post by ${name}`, "data-post-id": post.id },
    postHead(post, name),
    post.text !== "" && h("p", { class: "post-text", dir: "auto" }, post.text),
    post.media.map((media) => followedMedia(post, media, signal)),
  );
}

function postHead(post: Post, name: string): HTMLElement {
  const created = new Date(post.created_at);
  const profile = `/u/${encodeURIComponent(post.author.username)}`;
  const time = h(
    "time",
    { datetime: post.created_at, title: created.toLocaleString() },
    ago(created),
  );
  return h(
    "header",
    { class: "post-head" },
    avatar(post.author),
    h(
      "div",
      { class: "post-by" },
      h("a", { class: "post-name", href: profile }, name),
      h("a", { class: "post-username", href: profile, tabindex: -1 }, `@${post.author.username}`),
    ),
    visibilityBadge(post.visibility),
    h("a", { class: "post-time", href: `/p/${encodeURIComponent(post.id)}` }, time),
  );
}

function followedMedia(post: Post, media: Media, signal: AbortSignal): HTMLElement {
  if (me.get()?.id === post.author.id) {
    return mediaView(media, () => getMedia(media.id, signal), true, signal);
  }
  // A visitor may see the post, so its media are read through it.
  const read = async () =>
    (await getPost(post.id, signal)).media.find(({ id }) => id === media.id) ?? null;
  return mediaView(media, read, false, signal);
}
