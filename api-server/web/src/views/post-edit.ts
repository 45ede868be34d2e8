// Edits the text and the visibility of a post in place.

import type { Post, Visibility } from "../api/types";
import { Problem } from "../api/problem";
import { bounds } from "../api/schema";
import { h, setText } from "../dom";
import { me } from "../session";
import { textField, visibilityField } from "./composer-fields";
import { showProblem } from "./form";

const CLOSED = "Your account is private. Choose your followers or only you.";

interface Setup {
  save: (patch: { text: string; visibility: Visibility }) => Promise<void>;
  /** Called when the edit is saved or cancelled. */
  onEnd: () => void;
}

export function postEdit(post: Post, { save, onEnd }: Setup) {
  const text = textField("Text of the post", post.text, bounds.PostPatch.text.maxLength);
  const visibility = visibilityField(post.visibility, me.get()?.is_private ?? false);
  const failure = h("p", { class: "form-error", role: "alert" });
  const submit = h("button", { type: "submit", class: "button primary" }, "Save");
  const cancel = h("button", { type: "button", class: "button", onclick: onEnd }, "Cancel");
  const onsubmit = async (event: Event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    setText(failure, "");
    try {
      const value = visibility.control.value as Visibility;
      await save({ text: text.control.value.trim(), visibility: value });
      onEnd();
    } catch (error) {
      submit.disabled = false;
      const problem = Problem.from(error);
      const isClosed = problem.fields.has("visibility");
      setText(failure, isClosed ? CLOSED : (showProblem(problem, { text }) ?? ""));
    }
  };
  const buttons = h("div", { class: "buttons" }, cancel, submit);
  const element = h(
    "form",
    { class: "edit", "aria-label": "Edit the post", novalidate: true, onsubmit },
    text.element,
    h("div", { class: "composer-foot" }, visibility.element, buttons),
    failure,
  );
  element.addEventListener("keydown", (event) => event.key === "Escape" && onEnd());
  return { element, focus: () => text.control.focus() };
}
