// A list of posts that grows by "Load more".

import { Problem } from "../api/problem";
import type { Page, Post } from "../api/types";
import { h, replace, setText } from "../dom";
import { message } from "./message";
import { postCard } from "./post-card";

interface Setup {
  label: string;
  empty: string;
  load: (cursor: string | null) => Promise<Page<Post>>;
}

export function postList({ label, empty, load }: Setup, signal: AbortSignal) {
  const posts = h("div", { class: "posts" });
  const foot = h("div", { class: "list-foot" });
  const element = h("section", { "aria-label": label }, posts, foot);

  async function more(cursor: string | null): Promise<void> {
    posts.setAttribute("aria-busy", "true");
    const button = foot.querySelector("button");
    if (button === null) replace(foot, h("p", { class: "loading", role: "status" }, "Loading…"));
    else {
      button.disabled = true;
      setText(button, "Loading…");
    }
    try {
      add(await load(cursor));
    } catch (error) {
      if (signal.aborted) return;
      const again = { label: "Try again", run: () => void more(cursor) };
      replace(foot, message(Problem.from(error).message, again));
    } finally {
      posts.removeAttribute("aria-busy");
    }
  }

  function add({ items, next_cursor }: Page<Post>): void {
    const hadFocus = foot.contains(document.activeElement);
    const known = new Set(
      Array.from(posts.children, (child) => child.getAttribute("data-post-id")),
    );
    const cards = items.filter(({ id }) => !known.has(id)).map((post) => postCard(post, signal));
    posts.append(...cards);
    replace(foot, next_cursor !== null && moreButton(next_cursor));
    if (posts.children.length === 0 && next_cursor === null) replace(foot, message(empty));
    // The button went away under the finger: go on at the first new post.
    if (hadFocus) cards[0]?.querySelector("a")?.focus();
  }

  function moreButton(cursor: string): HTMLElement {
    return h(
      "button",
      { type: "button", class: "button wide", onclick: () => void more(cursor) },
      "Load more",
    );
  }

  void more(null);
  return {
    element,
    /** Shows one's new post and moves the focus to it. */
    prepend(post: Post): void {
      const card = postCard(post, signal);
      card.tabIndex = -1;
      posts.prepend(card);
      card.focus({ preventScroll: true });
      foot.querySelector(".message")?.remove();
    },
  };
}
