// The comments of a post: a form and the tree of comments.

import { createComment, listComments } from "../api/calls";
import type { Comment, Post } from "../api/types";
import { h } from "../dom";
import { signInAddress } from "../next";
import { me } from "../session";
import type { Store } from "../store";
import { commentView, type Thread } from "./comment";
import { commentForm } from "./comment-form";
import { pagedList } from "./paged-list";

/** `count` is the post's number of comments; it changes with actions here. */
export function comments(post: Post, count: Store<number>, signal: AbortSignal): HTMLElement {
  const thread: Thread = { post, count, signal };
  const list = pagedList<Comment>(
    {
      label: "Comments",
      empty: "No comments yet.",
      looks: "comments",
      keepsPlace: true,
      load: (cursor) => listComments(post.id, null, cursor, signal),
      keyOf: ({ id }) => id,
      show: (comment) => {
        const shown = commentView(comment, thread, { level: 1, onGone: () => list.remove(shown) });
        return shown;
      },
    },
    signal,
  );
  return h(
    "section",
    { class: "card talk", "aria-label": "Conversation" },
    h("h2", { class: "card-title" }, "Comments"),
    me.get() === null ? invitation() : newComment(thread, (comment) => list.append(comment)),
    list.element,
  );
}

function newComment({ post, count }: Thread, onMade: (comment: Comment) => void): HTMLElement {
  const form = commentForm({
    label: "Write a comment",
    submit: "Comment",
    save: async (text, key) => {
      const made = await createComment(post.id, { text }, key);
      count.set(count.get() + 1);
      onMade(made);
    },
  });
  return form.element;
}

function invitation(): HTMLElement {
  return h("p", { class: "hint" }, h("a", { href: signInAddress() }, "Sign in"), " to comment.");
}
