// Writes a post. Uploads start when files are chosen. The post can be sent as soon as the uploads
// exist, and then shows their progress.

import { createPost, getInstance } from "../api/calls";
import { Problem } from "../api/problem";
import { bounds } from "../api/schema";
import type { Me, Post, Visibility } from "../api/types";
import { h, setText } from "../dom";
import { poll } from "../poll";
import { freshKey } from "../api/key";
import { clearDraft, loadDraft, saveDraft } from "../uploads/draft";
import { attachments } from "./attachments";
import { textField, visibilityField } from "./composer-fields";
import { showProblem } from "./form";

export function composer(user: Me, onPosted: (post: Post) => void, signal: AbortSignal) {
  let draft = loadDraft(user.username);
  let isSending = false;

  const text = textField("What is it about?", draft.text, bounds.NewPost.text.maxLength);
  let usual: Visibility = user.is_private ? "followers" : "public";
  const isMeant = draft.text !== "" && !(user.is_private && draft.visibility === "public");
  const visibility = visibilityField(isMeant ? draft.visibility : usual, user.is_private);
  const failure = h("p", { class: "form-error", role: "alert" });
  const said = h("p", { class: "visually-hidden", role: "status" });
  const button = h("button", { type: "submit", class: "button primary" }, "Post");
  const foot = h("div", { class: "composer-foot" }, visibility.element, button);
  // While it is built, it reports what an earlier page left.
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
    foot,
    failure,
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

  /** Starts a new draft with a new key. */
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
    if (problem.fields.has("visibility")) return becamePrivate();
    setText(failure, showProblem(problem, { text, ...media.fields() }) ?? "");
    if (problem.code === "unreachable") void clearWhenReachable();
    remember();
  }

  /** An earlier request, whose answer was lost, created the post before the last change. */
  function madeAlready(): void {
    draft = { ...draft, key: freshKey() };
    media.letGo();
    setText(failure, "The post was already sent, without your last change.");
    remember();
  }

  /**
   * The account became private after this page was loaded: do not send a public post without
   * asking.
   */
  function becamePrivate(): void {
    usual = "followers";
    visibility.control.querySelector("option[value=public]")?.remove();
    visibility.control.value = usual;
    setText(failure, "Your account is now private. Only your followers would see this post.");
    remember();
  }

  async function clearWhenReachable(): Promise<void> {
    const said = failure.textContent;
    const onValue = () => {
      if (failure.textContent === said) setText(failure, "");
      return null;
    };
    await poll({ read: getInstance, onValue, firstAfterMs: 3_000, signal });
  }

  isMade = true;
  remember();
  return { element, attached: media.attached, focus: () => text.control.focus() };
}
