// The replies to a comment: the oldest came with it, the others are loaded on demand.

import { listComments } from "../api/calls";
import { Problem } from "../api/problem";
import type { Comment } from "../api/types";
import { h, replace } from "../dom";
import { commentView, type Thread } from "./comment";

export function replies(parent: Comment, thread: Thread, level: number) {
  const list = h("div", { class: "comments" });
  const foot = h("div", { class: "replies-foot" });
  const element = h("div", { class: "replies" }, list, foot);
  const known = new Set<string>();
  let cursor = parent.replies?.next_cursor ?? null;
  /** Below the depth of a page nothing is loaded yet. */
  let isUnread = parent.replies === null && parent.replies_count > 0;

  function add(comments: Comment[]): HTMLElement | undefined {
    const fresh = comments.filter(({ id }) => !known.has(id));
    const shown = fresh.map((comment) => {
      known.add(comment.id);
      const onGone = () => {
        const next =
          view.nextElementSibling ?? view.previousElementSibling ?? list.closest("article");
        view.remove();
        known.delete(comment.id);
        if (next instanceof HTMLElement) next.focus();
      };
      const view: HTMLElement = commentView(comment, thread, { level: level + 1, onGone });
      return view;
    });
    list.append(...shown);
    return shown[0];
  }

  async function more(): Promise<void> {
    const button = foot.querySelector("button");
    if (button?.getAttribute("aria-busy") === "true") return;
    button?.setAttribute("aria-busy", "true");
    try {
      const page = await listComments(thread.post.id, parent.id, cursor, thread.signal);
      isUnread = false;
      cursor = page.next_cursor;
      const hadFocus = foot.contains(document.activeElement);
      const first = add(page.items);
      offer();
      if (hadFocus) first?.focus();
    } catch (error) {
      if (thread.signal.aborted) return;
      offer();
      foot.append(h("p", { class: "form-error", role: "alert" }, Problem.from(error).message));
    }
  }

  function offer(): void {
    const left = parent.replies_count - known.size;
    const words =
      left > 0 ? `Show ${left} more ${left === 1 ? "reply" : "replies"}` : "Show more replies";
    const label = isUnread ? `Continue this thread (${parent.replies_count})` : words;
    const isMore = isUnread || cursor !== null;
    const attributes = { type: "button", class: "action", onclick: () => void more() };
    replace(foot, isMore && h("button", attributes, label));
  }

  add(parent.replies?.items ?? []);
  offer();
  return {
    element,
    /** Adds the user's new reply and focuses it. */
    append: (comment: Comment) => add([comment])?.focus(),
    hasAny: () => isUnread || cursor !== null || list.children.length > 0,
  };
}
