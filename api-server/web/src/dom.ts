// Creates elements. Text always becomes a text node and attributes are set one by one, so text of
// users is never parsed as markup.

type Listener = (event: never) => unknown;
type Value = string | number | boolean | null | undefined | Listener;
export type Child = Node | string | number | null | undefined | false | Child[];

/** `onclick` and similar set listeners; true sets an empty attribute, false and null set none. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as EventListener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...nodes(children));
  return element;
}

export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...nodes(children));
}

/**
 * Sets the text only if it differs, because a screen reader announces every change of a live
 * region.
 */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

let lastId = 0;

/** A unique id for a `for` or an `aria-describedby`. */
export function freshId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

function nodes(children: Child[]): (Node | string)[] {
  return children.flat(Infinity as 1).flatMap((child) => {
    if (child === null || child === undefined || child === false) return [];
    return [child instanceof Node ? child : String(child)];
  });
}
