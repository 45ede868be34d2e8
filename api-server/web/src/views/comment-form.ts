// The form for writing, answering or editing a comment.

import { freshKey } from "../api/key";
import { Problem } from "../api/problem";
import { bounds } from "../api/schema";
import { h, setText } from "../dom";
import { textField } from "./composer-fields";
import { showProblem } from "./form";

interface Setup {
  label: string;
  submit: string;
  text?: string;
  /** `key` stays the same until the comment is saved. */
  save: (text: string, key: string) => Promise<void>;
  /** If set, the form has a button to cancel. */
  onCancel?: () => void;
}

export function commentForm({ label, submit, text: first = "", save, onCancel }: Setup) {
  const text = textField(label, first, bounds.NewComment.text.maxLength);
  const failure = h("p", { class: "form-error", role: "alert" });
  const button = h("button", { type: "submit", class: "button primary" }, submit);
  const cancel =
    onCancel !== undefined &&
    h("button", { type: "button", class: "button", onclick: onCancel }, "Cancel");
  let key = freshKey();
  let isSending = false;
  const ready = () => void (button.disabled = isSending || text.control.value.trim() === "");
  const onsubmit = async (event: Event) => {
    event.preventDefault();
    if (button.disabled) return;
    isSending = true;
    ready();
    setText(failure, "");
    try {
      await save(text.control.value.trim(), key);
      key = freshKey();
      text.set("");
    } catch (error) {
      const problem = Problem.from(error);
      if (problem.code === "idempotency_key_reused") key = freshKey();
      setText(failure, showProblem(problem, { text }) ?? "");
    }
    isSending = false;
    ready();
  };
  const element = h(
    "form",
    { class: "comment-form", novalidate: true, onsubmit, oninput: ready },
    text.element,
    failure,
    h("div", { class: "buttons" }, cancel, button),
  );
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") onCancel?.();
    // Enter without a modifier inserts a new line.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit();
  });
  ready();
  return { element, focus: () => text.control.focus() };
}
