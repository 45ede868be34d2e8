// A button that opens a short list of actions. They are plain buttons and links, so Tab moves
// through them. Escape, a choice, or leaving the list closes it.

import { freshId, h } from "../dom";
import { icon } from "../icons";

export interface Menu {
  element: HTMLElement;
  close(): void;
}

/** `face` is the content of the button, three dots by default; `onOpen` is called each time. */
export function menu(
  label: string,
  items: HTMLElement[],
  face: Node = icon("more"),
  onOpen?: () => void,
): Menu {
  const id = freshId("menu");
  const list = h(
    "ul",
    { class: "menu-list", id, hidden: true },
    items.map((item) => h("li", {}, item)),
  );
  const button = h(
    "button",
    {
      type: "button",
      class: "menu-button",
      "aria-label": label,
      "aria-expanded": "false",
      "aria-controls": id,
      onclick: () => set(list.hidden !== false),
    },
    face,
  );
  const set = (isOpen: boolean) => {
    if (isOpen && list.hidden) onOpen?.();
    list.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  };
  const element = h("div", { class: "menu" }, button, list);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    set(false);
    button.focus();
  });
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) set(false);
  });
  list.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("a") !== null) set(false);
  });
  const close = () => {
    const hadFocus = list.contains(document.activeElement);
    set(false);
    if (hadFocus) button.focus();
  };
  return { element, close };
}
