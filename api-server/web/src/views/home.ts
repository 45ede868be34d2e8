// The first page: the home feed or the public feed, and the composer.

import { listHomePosts, listPublicPosts } from "../api/calls";
import type { Me, Page as Items, Post } from "../api/types";
import { h } from "../dom";
import type { Page } from "../router";
import { me } from "../session";
import { composer } from "./composer";
import { ignoreStrayDrops } from "./drop-zone";
import { postList } from "./post-list";
import { tabs } from "./tabs";
import { uploadsPanel } from "./uploads-panel";

interface Feed {
  label: string;
  empty: string;
  load: (cursor: string | null) => Promise<Items<Post>>;
}

export function homeView(params: string[], signal: AbortSignal): Page {
  const user = me.get();
  if (user === null) return everyoneView(params, signal);
  const feed = {
    label: "Posts of people you follow",
    empty:
      "Nothing here yet. Follow people to see their posts here. Everyone shows whom you can follow.",
    load: (cursor: string | null) => listHomePosts(cursor, signal),
  };
  return { title: "Home", body: feedPage(user, "/", feed, signal) };
}

export function everyoneView(_params: string[], signal: AbortSignal): Page {
  const user = me.get();
  const feed = {
    label: "Latest posts",
    empty: "Nobody has posted yet. Yours could be the first.",
    load: (cursor: string | null) => listPublicPosts(cursor, signal),
  };
  const body =
    user === null
      ? h("div", { class: "stack" }, welcome(), postList(feed, signal).element)
      : feedPage(user, "/everyone", feed, signal);
  return { title: "Latest posts", body };
}

function feedPage(user: Me, here: string, feed: Feed, signal: AbortSignal): HTMLElement {
  const list = postList(feed, signal);
  const compose = composer(user, (post) => list.prepend(post), signal);
  const panel = uploadsPanel(compose.attached, compose.focus, signal);
  ignoreStrayDrops(signal);
  const which = tabs("Feeds", here, [
    { label: "Home", href: "/" },
    { label: "Everyone", href: "/everyone" },
  ]);
  return h("div", { class: "stack" }, compose.element, panel, which, list.element);
}

function welcome(): HTMLElement {
  return h(
    "section",
    { class: "welcome" },
    h("h2", {}, "Reliable video uploads."),
    h(
      "p",
      {},
      "Close your laptop or lose the connection: your upload continues where it stopped.",
    ),
    h("a", { class: "button primary", href: "/sign-up" }, "Create an account"),
  );
}
