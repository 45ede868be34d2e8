// Links to neighbouring views; the current one is marked.

import { h } from "../dom";

export function tabs(label: string, here: string, links: { label: string; href: string }[]) {
  const items = links.map(({ label, href }) =>
    h("a", { class: "tab", href, "aria-current": href === here ? "page" : null }, label),
  );
  return h("nav", { class: "tabs", "aria-label": label }, ...items);
}
