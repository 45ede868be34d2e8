// One post with its author, time, text, media and actions.

import { deletePost, likePost, updatePost } from "../api/calls";
import type { Post } from "../api/types";
import { h, replace, setText } from "../dom";
import { ago, count, short } from "../format";
import { icon } from "../icons";
import { me } from "../session";
import { Store } from "../store";
import { avatar, fullName } from "./avatar";
import { visibilityBadge } from "./composer-fields";
import { confirmButton } from "./confirm-button";
import { likeButton } from "./like-button";
import { menu } from "./menu";
import { postEdit } from "./post-edit";
import { postMedia } from "./post-media";
import { richText } from "./rich-text";

interface Setup {
  onGone: () => void;
  /** The element with the number of comments, if it is on the same page. */
  comments?: Store<number>;
}

export function postCard(first: Post, setup: Setup, signal: AbortSignal): HTMLElement {
  let post = first;
  const name = fullName(post.author);
  const head = h("header", { class: "post-head" });
  const text = h("div", { class: "post-words" });
  const failure = h("p", { class: "form-error", role: "alert" });
  const onProblem = (words: string) => setText(failure, words);

  const show = () => {
    replace(head, postHead(post, name), isOwn(post) && ownMenu());
    replace(text, post.text !== "" && h("p", { class: "post-text", dir: "auto" }, richText(post.text)));
  };

  function ownMenu(): HTMLElement {
    const remove = confirmButton({
      label: "Delete",
      really: "Really delete?",
      looks: "menu-item danger",
      run: async () => {
        await deletePost(post.id);
        setup.onGone();
      },
      onProblem,
    });
    const change = h("button", { type: "button", class: "menu-item", onclick: edit }, "Edit");
    return menu(`More about this post`, [change, remove]).element;
  }

  function edit(): void {
    const form = postEdit(post, {
      save: async (patch) => void (post = await updatePost(post.id, patch)),
      onEnd: () => {
        show();
        head.querySelector<HTMLElement>(".menu-button")?.focus();
      },
    });
    replace(text, form.element);
    form.focus();
  }

  show();
  return h(
    "article",
    { class: "card post", "aria-label": `Post by ${name}`, "data-post-id": post.id },
    head,
    text,
    post.media.length > 0 && postMedia(post, signal),
    failure,
    postFoot(post, { ...setup, onProblem }, signal),
  );
}

/** "Ada Lovelace: “The first words…”" */
export function postTitle({ author, text }: Post): string {
  const [first = ""] = text.trim().split("\n");
  const characters = [...first];
  const words = characters.length > 60 ? `${characters.slice(0, 59).join("").trim()}…` : first;
  return words === "" ? `Post by ${fullName(author)}` : `${fullName(author)}: “${words}”`;
}

function isOwn(post: Post): boolean {
  return me.get()?.id === post.author.id;
}

function postHead(post: Post, name: string): HTMLElement[] {
  const created = new Date(post.created_at);
  const profile = `/u/${encodeURIComponent(post.author.username)}`;
  const time = h(
    "time",
    { datetime: post.created_at, title: created.toLocaleString() },
    ago(created),
  );
  const badge = visibilityBadge(post.visibility);
  return [
    avatar(post.author),
    h(
      "div",
      { class: "post-by" },
      h("a", { class: "post-name", href: profile }, name),
      h("a", { class: "post-username", href: profile, tabindex: -1 }, `@${post.author.username}`),
    ),
    ...(badge === null ? [] : [badge]),
    h("a", { class: "post-time", href: address(post) }, time, editedMark(post.edited_at)),
  ];
}

/** " · edited", with the time of the edit. */
export function editedMark(edited: string | null): HTMLElement | null {
  if (edited === null) return null;
  return h("span", { class: "edited", title: new Date(edited).toLocaleString() }, " · edited");
}

interface FootSetup {
  comments?: Store<number>;
  onProblem: (text: string) => void;
}

function postFoot(post: Post, { comments, onProblem }: FootSetup, signal: AbortSignal) {
  const number = h("span", { class: "action-count" });
  const link = h("a", { class: "action", href: address(post) }, icon("talk"), number);
  (comments ?? new Store(post.comments_count)).watch((comments) => {
    setText(number, short(comments));
    link.setAttribute("aria-label", count(comments, "comment"));
  }, signal);
  const like = likeButton(post, {
    what: `post by ${fullName(post.author)}`,
    set: (isLiked) => likePost(post.id, isLiked),
    onProblem,
  });
  const isAlone = comments !== undefined && me.get() !== null;
  const likers = h("a", { class: "action", href: `${address(post)}/likes` }, "Who likes it");
  return h("footer", { class: "actions" }, like, link, isAlone && likers);
}

function address(post: Post): string {
  return `/p/${encodeURIComponent(post.id)}`;
}
