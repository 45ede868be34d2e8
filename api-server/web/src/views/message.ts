// A box with a sentence and an optional action.

import { h } from "../dom";

export function message(text: string, action?: { label: string; run: () => void }): HTMLElement {
  return h(
    "div",
    { class: "message", role: "status" },
    h("p", {}, text),
    action && h("button", { type: "button", class: "button", onclick: action.run }, action.label),
  );
}
