// Writing a post. The video's upload begins when it is chosen; the post can be made
// as soon as the upload exists, and shows how far its video is from then on.

import { createPost } from "../api/calls";
import { Problem } from "../api/problem";
import type { Me, Post } from "../api/types";
import { h, replace, setText } from "../dom";
import { bytes } from "../format";
import { instance, uploadEndpoint } from "../instance";
import { Store } from "../store";
import { clearDraft, loadDraft, saveDraft } from "../uploads/draft";
import { beginUpload, dropUpload, uploads } from "../uploads/list";
import { typeOf } from "../uploads/transfer";
import type { Upload } from "../uploads/upload";
import { composerFields } from "./composer-fields";
import { dropZone } from "./drop-zone";
import { showProblem } from "./form";
import { uploadedMedia } from "./media";
import { uploadCard } from "./upload-card";

export function composer(user: Me, onPosted: (post: Post) => void, signal: AbortSignal) {
  let draft = loadDraft(user.username);
  // One that no post has yet, perhaps begun by an earlier page.
  let upload = uploads.get().find(({ isPosted }) => !isPosted) ?? null;
  let isSending = false;
  const attached = new Store(upload);

  const fields = composerFields(draft, instance().limits);
  const zone = dropZone({
    title: "Choose a video or drop it here",
    hint: `Up to ${bytes(instance().uploads.max_bytes)}. It starts uploading at once.`,
    accept: instance().uploads.accept,
    onFile: (file) => choose(file),
  });
  const attachment = h("div", { class: "attachment" });
  const failure = h("p", { class: "form-error", role: "alert" });
  const said = h("p", { class: "visually-hidden", role: "status" });
  const button = h("button", { type: "submit", class: "button primary" }, "Post");
  const foot = h("div", { class: "composer-foot" }, fields.visibility.element, button);
  const element = h(
    "form",
    {
      class: "card composer",
      "aria-label": "New post",
      novalidate: true,
      onsubmit: submit,
      oninput: remember,
    },
    fields.text.element,
    attachment,
    fields.alt.element,
    failure,
    foot,
    said,
  );

  function remember(): void {
    draft = { ...draft, ...fields.values() };
    saveDraft(user.username, draft);
    button.disabled = isSending || (draft.text.trim() === "" && upload === null);
  }

  function attach(next: Upload | null): void {
    upload = next;
    const shown =
      upload === null ? zone.element : [uploadCard(upload, signal), preview(upload, signal)];
    // The focus goes on to what can be done now; it would be lost with what it was on.
    const hadFocus = attachment.contains(document.activeElement);
    replace(attachment, shown);
    if (hadFocus) attachment.querySelector<HTMLElement>("button, input")?.focus();
    fields.alt.element.hidden = upload === null;
    remember();
    attached.set(upload);
  }

  function choose(file: File): void {
    const objection = objectionTo(file);
    if (objection !== null) return zone.setError(objection);
    const begun = beginUpload(file, uploadEndpoint(), user.username);
    attach(begun);
    begun.created.catch((error: unknown) => {
      dropUpload(begun);
      zone.setError(Problem.from(error).message);
    });
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (button.disabled) return;
    setText(failure, "");
    isSending = true;
    button.disabled = true;
    try {
      const { text, alt, visibility } = fields.values();
      const media = upload === null ? [] : [{ upload_id: await upload.created, alt: alt.trim() }];
      const post = await createPost({ text: text.trim(), visibility, media });
      isSending = false;
      finish(post);
    } catch (error) {
      fail(Problem.from(error));
    }
  }

  function finish(post: Post): void {
    const posted = upload;
    posted?.markPosted();
    clearDraft(user.username);
    draft = loadDraft(user.username);
    fields.reset();
    attach(null);
    setText(said, "Posted.");
    onPosted(post);
  }

  function fail(problem: Problem): void {
    isSending = false;
    if (problem.code === "media_in_use") return letGoOfPosted();
    setText(failure, showProblem(problem, { text: fields.text, "media/0/alt": fields.alt }) ?? "");
    remember();
  }

  /** By another tab, or by an earlier click whose answer was lost. The text is left as it is. */
  function letGoOfPosted(): void {
    upload?.markPosted();
    attach(null);
    setText(failure, "This video is in a post of yours already.");
  }

  // Discarded in its card, here or in another view: the place is free again.
  uploads.watch((all) => upload !== null && !all.includes(upload) && attach(null), signal);
  attach(upload);
  return { element, attached };
}

/** What can be known before a byte is sent; the server has the last word. */
function objectionTo(file: File): string | null {
  const { max_bytes, accept } = instance().uploads;
  if (file.size > max_bytes) {
    return `“${file.name}” has ${bytes(file.size)}; at most ${bytes(max_bytes)} can be uploaded.`;
  }
  const type = typeOf(file);
  const isAccepted = accept.some(
    (a) => a === "*/*" || a === type || (a.endsWith("/*") && type.startsWith(a.slice(0, -1))),
  );
  return isAccepted ? null : `“${file.name}” is not a video.`;
}

/** Once every byte is there, what becomes of it is seen before the post is sent. */
function preview(upload: Upload, signal: AbortSignal): HTMLElement {
  const element = h("div", { class: "attachment-preview" });
  upload.state.watch(({ phase }) => {
    if (phase !== "done" || upload.id === null || element.hasChildNodes()) return;
    replace(element, uploadedMedia(upload.id, signal));
  }, signal);
  return element;
}
