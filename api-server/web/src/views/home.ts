// The first page: what everyone has posted, and for those signed in the composer.

import { listPublicPosts } from "../api/calls";
import { h } from "../dom";
import type { Page } from "../router";
import { me } from "../session";
import { composer } from "./composer";
import { ignoreStrayDrops } from "./drop-zone";
import { postList } from "./post-list";
import { uploadsPanel } from "./uploads-panel";

export function homeView(_params: string[], signal: AbortSignal): Page {
  const user = me.get();
  const list = postList(
    {
      label: "Latest posts",
      empty: "Nobody has posted yet. Yours could be the first.",
      load: (cursor) => listPublicPosts(cursor, signal),
    },
    signal,
  );
  if (user === null)
    return { title: "Latest posts", body: h("div", { class: "stack" }, welcome(), list.element) };

  const compose = composer(user, (post) => list.prepend(post), signal);
  const panel = uploadsPanel(compose.attached, signal);
  ignoreStrayDrops(signal);
  const body = h("div", { class: "stack" }, compose.element, panel, list.element);
  return { title: "Latest posts", body };
}

function welcome(): HTMLElement {
  return h(
    "section",
    { class: "welcome" },
    h("h2", {}, "Videos that arrive."),
    h(
      "p",
      {},
      "Close the lid, lose the train’s wifi, come back tomorrow: an upload goes on where it stopped.",
    ),
    h("a", { class: "button primary", href: "/sign-up" }, "Make an account"),
  );
}
