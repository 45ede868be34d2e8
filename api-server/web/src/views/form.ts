// Labelled fields with their errors, and the submission of a form.

import { Problem } from "../api/problem";
import { freshId, h, setText } from "../dom";

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export interface Field<C extends Control = Control> {
  element: HTMLElement;
  control: C;
  setError(text: string | null): void;
}

export function field<C extends Control>(label: string, control: C, hint?: string | HTMLElement): Field<C> {
  const id = freshId("field");
  control.id = id;
  const hintElement = hint === undefined ? null : h("p", { class: "hint", id: `${id}-hint` }, hint);
  const error = h("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const described = hint === undefined ? `${id}-error` : `${id}-hint ${id}-error`;
  control.setAttribute("aria-describedby", described);
  const setError = (text: string | null) => {
    setText(error, text ?? "");
    error.hidden = text === null;
    if (text === null) control.removeAttribute("aria-invalid");
    else control.setAttribute("aria-invalid", "true");
  };
  control.addEventListener("input", () => setError(null));
  const name = h("label", { for: id }, label);
  const element = h("div", { class: "field" }, name, control, hintElement, error);
  return { element, control, setError };
}

/** Shows each error next to its field; returns the text of the other errors. */
export function showProblem(problem: Problem, fields: Record<string, Field>): string | null {
  let first: Control | null = null;
  for (const [name, { control, setError }] of Object.entries(fields)) {
    const text = problem.fields.get(name) ?? takenName(problem, name);
    if (text === undefined) continue;
    setError(text);
    first ??= control;
  }
  first?.focus();
  return first === null ? problem.message : null;
}

/** A 409 names its field only by the code, for example `username_taken`. */
function takenName(problem: Problem, name: string): string | undefined {
  const isIt = problem.status === 409 && problem.code.startsWith(`${name}_`);
  return isIt ? problem.message : undefined;
}

interface FormSetup {
  fields: Record<string, Field>;
  submit: string;
  busy: string;
  send: () => Promise<void>;
}

/** A form that submits once at a time and shows errors. */
export function form({ fields, submit, busy, send }: FormSetup): HTMLFormElement {
  const failure = h("p", { class: "form-error", role: "alert" });
  const button = h("button", { type: "submit", class: "button primary wide" }, submit);
  const onsubmit = async (event: Event) => {
    event.preventDefault();
    if (button.disabled) return;
    setText(failure, "");
    for (const { setError } of Object.values(fields)) setError(null);
    button.disabled = true;
    setText(button, busy);
    try {
      await send();
    } catch (error) {
      setText(failure, showProblem(Problem.from(error), fields) ?? "");
    } finally {
      button.disabled = false;
      setText(button, submit);
    }
  };
  const rows = Object.values(fields).map(({ element }) => element);
  return h("form", { class: "form", novalidate: true, onsubmit }, ...rows, failure, button);
}
