// A list of posts, and a function that adds a new post at the top.

import type { Page, Post } from "../api/types";
import { pagedList } from "./paged-list";
import { postCard } from "./post-card";

interface Setup {
  label: string;
  empty: string;
  load: (cursor: string | null) => Promise<Page<Post>>;
  absence?: () => string;
}

export function postList(setup: Setup, signal: AbortSignal) {
  const show = (post: Post): HTMLElement => {
    const card = postCard(post, { onGone: () => list.remove(card) }, signal);
    return card;
  };
  const keyOf = ({ id }: Post) => id;
  const list = pagedList({ ...setup, looks: "posts", keyOf, show, keepsPlace: true }, signal);
  return {
    element: list.element,
    /** Adds the user's new post at the top and focuses it. */
    prepend(post: Post): void {
      const card = list.prepend(post);
      card.tabIndex = -1;
      card.focus({ preventScroll: true });
    },
  };
}
