// One comment with its actions and its replies.

import { createComment, deleteComment, likeComment, updateComment } from "../api/calls";
import type { Comment, Post } from "../api/types";
import { h, replace, setText } from "../dom";
import { ago } from "../format";
import { me } from "../session";
import type { Store } from "../store";
import { avatar, fullName } from "./avatar";
import { commentForm } from "./comment-form";
import { confirmButton } from "./confirm-button";
import { likeButton } from "./like-button";
import { editedMark } from "./post-card";
import { replies } from "./replies";
import { richText } from "./rich-text";

/** Shared by all comments of a page. */
export interface Thread {
  post: Post;
  count: Store<number>;
  signal: AbortSignal;
}

export interface Place {
  /** 1 for comments on the post itself. */
  level: number;
  /** Called when the comment must disappear. */
  onGone: () => void;
}

export function commentView(first: Comment, thread: Thread, place: Place): HTMLElement {
  let comment = first;
  const body = h("div", { class: "comment-body" });
  const failure = h("p", { class: "form-error", role: "alert" });
  const below = h("div", { class: "comment-below" });
  const answers = replies(comment, thread, place.level);
  const onProblem = (text: string) => setText(failure, text);

  function show(): void {
    const { author, text } = comment;
    if (author === null || text === null) {
      return replace(body, h("p", { class: "comment-deleted", tabindex: -1 }, "Deleted."));
    }
    const profile = `/u/${encodeURIComponent(author.username)}`;
    const created = new Date(comment.created_at);
    replace(
      body,
      h(
        "header",
        { class: "comment-head" },
        avatar(author, "tiny"),
        h("a", { class: "post-name", href: profile }, fullName(author)),
        h(
          "span",
          { class: "post-time" },
          h(
            "time",
            { datetime: comment.created_at, title: created.toLocaleString() },
            ago(created),
          ),
          editedMark(comment.edited_at),
        ),
      ),
      h("p", { class: "post-text", dir: "auto" }, richText(text)),
      actions(fullName(author), author.id),
    );
  }

  function actions(name: string, authorId: string): HTMLElement {
    const viewer = me.get();
    const what = `comment by ${name}`;
    const set = (isLiked: boolean) => likeComment(comment.id, isLiked);
    const button = (label: string, run: () => void) =>
      h("button", { type: "button", class: "action", onclick: run }, label);
    const isOwn = viewer?.id === authorId;
    const mayDelete =
      viewer !== null && (isOwn || viewer.id === thread.post.author.id || viewer.role === "admin");
    return h(
      "footer",
      { class: "actions" },
      likeButton(comment, { what, set, onProblem }),
      viewer !== null && button("Reply", reply),
      isOwn && button("Edit", edit),
      mayDelete &&
        confirmButton({
          label: "Delete",
          really: "Really delete?",
          looks: "action",
          run: remove,
          onProblem,
        }),
    );
  }

  function reply(): void {
    const form = commentForm({
      label: "Write a reply",
      submit: "Reply",
      save: async (text, key) => {
        const body = { text, parent_id: comment.id };
        const made = await createComment(thread.post.id, body, key);
        thread.count.set(thread.count.get() + 1);
        replace(below);
        answers.append(made);
      },
      onCancel: () => {
        replace(below);
        focusAction("Reply");
      },
    });
    replace(below, form.element);
    form.focus();
  }

  function edit(): void {
    const end = () => {
      show();
      focusAction("Edit");
    };
    const form = commentForm({
      label: "Text of the comment",
      submit: "Save",
      text: comment.text ?? "",
      save: async (text) => {
        const { edited_at, text: kept } = await updateComment(comment.id, text);
        comment = { ...comment, edited_at, text: kept };
        end();
      },
      onCancel: end,
    });
    replace(body, form.element);
    form.focus();
  }

  /** A deleted comment that has replies stays, without its author. */
  async function remove(): Promise<void> {
    await deleteComment(comment.id);
    thread.count.set(Math.max(0, thread.count.get() - 1));
    if (!answers.hasAny()) return place.onGone();
    comment = { ...comment, author: null, text: null, deleted: true };
    show();
    body.querySelector<HTMLElement>(".comment-deleted")?.focus();
  }

  function focusAction(label: string): void {
    const buttons = [...body.querySelectorAll<HTMLElement>(".actions button")];
    buttons.find(({ textContent }) => textContent === label)?.focus();
  }

  show();
  const name =
    comment.author === null ? "Deleted comment" : `Comment by ${fullName(comment.author)}`;
  return h(
    "article",
    { class: `comment level-${Math.min(place.level, 4)}`, "aria-label": name, tabindex: -1 },
    body,
    failure,
    below,
    answers.element,
  );
}
