// Writing a post. Uploads begin when files are chosen; the post can be made as soon as they
// exist, and shows how far they are from then on.

import { createPost } from "../api/calls";
import { Problem } from "../api/problem";
import type { Me, Post, Visibility } from "../api/types";
import { h, setText } from "../dom";
import { instance } from "../instance";
import { freshKey } from "../api/key";
import { clearDraft, loadDraft, saveDraft } from "../uploads/draft";
import { attachments } from "./attachments";
import { textField, visibilityField } from "./composer-fields";
import { showProblem } from "./form";

export function composer(user: Me, onPosted: (post: Post) => void, signal: AbortSignal) {
  let draft = loadDraft(user.username);
  let isSending = false;

  const { post_text_chars } = instance().limits;
  const text = textField("What is it about?", draft.text, post_text_chars);
  const usual: Visibility = user.is_private ? "followers" : "public";
  const visibility = visibilityField(draft.text === "" ? usual : draft.visibility);
  const failure = h("p", { class: "form-error", role: "alert" });
  const said = h("p", { class: "visually-hidden", role: "status" });
  const button = h("button", { type: "submit", class: "button primary" }, "Post");
  const foot = h("div", { class: "composer-foot" }, visibility.element, button);
  // It tells of what an earlier page left while it is being made.
  let isMade = false;
  const onChange = () => isMade && remember();
  const media = attachments({ owner: user.username, media: draft.media, onChange }, signal);
  const element = h(
    "form",
    {
      class: "card composer",
      "aria-label": "New post",
      novalidate: true,
      onsubmit: submit,
      oninput: remember,
    },
    text.element,
    media.element,
    failure,
    foot,
    said,
  );

  function remember(): void {
    const words = { text: text.control.value, visibility: visibility.control.value as Visibility };
    draft = { ...draft, ...words, media: media.draft() };
    saveDraft(user.username, draft);
    button.disabled = isSending || (draft.text.trim() === "" && media.attached.get().length === 0);
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (button.disabled) return;
    setText(failure, "");
    isSending = true;
    button.disabled = true;
    try {
      const { text, visibility, key } = draft;
      const body = { text: text.trim(), visibility, media: await media.toSend() };
      const post = await createPost(body, key);
      isSending = false;
      finish(post);
    } catch (error) {
      fail(Problem.from(error));
    }
  }

  function finish(post: Post): void {
    begin();
    setText(said, "Posted.");
    onPosted(post);
  }

  /** A new draft under a new key. */
  function begin(): void {
    clearDraft(user.username);
    draft = loadDraft(user.username);
    text.set("");
    visibility.control.value = usual;
    media.letGo();
    remember();
  }

  function fail(problem: Problem): void {
    isSending = false;
    if (problem.code === "idempotency_key_reused" || problem.status === 410) return madeAlready();
    if (problem.code === "media_in_use") media.letGo();
    setText(failure, showProblem(problem, { text, visibility, ...media.fields() }) ?? "");
    remember();
  }

  /** By a click whose answer was lost, before the last change: it is there as it was then. */
  function madeAlready(): void {
    draft = { ...draft, key: freshKey() };
    media.letGo();
    setText(failure, "This was posted already, as it was before your last change.");
    remember();
  }

  isMade = true;
  remember();
  return { element, attached: media.attached, focus: () => text.control.focus() };
}
