// A card with a heading, for settings.

import { h } from "../dom";

export function section(title: string, ...content: HTMLElement[]): HTMLElement {
  const heading = h("h2", { class: "card-title" }, title);
  return h("section", { class: "card settings", "aria-label": title }, heading, ...content);
}
