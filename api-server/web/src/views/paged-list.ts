// A list that loads more pages with "Load more".

import { Problem } from "../api/problem";
import type { Page } from "../api/types";
import { h, replace, setText } from "../dom";
import { pageShown } from "../place";
import { message } from "./message";

export interface ListSetup<T> {
  label: string;
  empty: string;
  /** A class for the list element. */
  looks: string;
  load: (cursor: string | null) => Promise<Page<T>>;
  keyOf: (item: T) => string;
  show: (item: T) => HTMLElement;
  /** Set for the one list of a view that is restored when the user goes back. */
  keepsPlace?: boolean;
  /** Shown instead of the list if the list does not exist. */
  absence?: (problem: Problem) => string;
}

export function pagedList<T>(setup: ListSetup<T>, signal: AbortSignal) {
  const items = h("div", { class: setup.looks });
  const foot = h("div", { class: "list-foot" });
  const element = h("section", { "aria-label": setup.label, tabindex: -1 }, items, foot);
  const known = new Set<string>();
  let isWhole = false;

  async function more(cursor: string | null): Promise<void> {
    items.setAttribute("aria-busy", "true");
    const button = foot.querySelector("button");
    if (button === null) replace(foot, h("p", { class: "loading", role: "status" }, "Loading…"));
    else {
      button.disabled = true;
      setText(button, "Loading…");
    }
    try {
      const page = await setup.load(cursor);
      add(page, button !== null);
      const next = page.next_cursor;
      const isNextWanted = setup.keepsPlace && pageShown(cursor === null, next !== null);
      if (isNextWanted && next !== null) void more(next);
    } catch (error) {
      if (!signal.aborted) fail(Problem.from(error), cursor);
    } finally {
      items.removeAttribute("aria-busy");
    }
  }

  function fail(problem: Problem, cursor: string | null): void {
    const instead = problem.status === 404 ? setup.absence?.(problem) : undefined;
    if (instead !== undefined) return replace(foot, message(instead));
    replace(foot, message(problem.message, { label: "Try again", run: () => void more(cursor) }));
  }

  function add({ items: page, next_cursor }: Page<T>, isWanted: boolean): void {
    // The pressed button is disabled now, so the focus is on the body.
    const hadFocus = isWanted && document.activeElement === document.body;
    const fresh = page.filter((item) => !known.has(setup.keyOf(item)));
    for (const item of fresh) known.add(setup.keyOf(item));
    const elements = fresh.map(setup.show);
    // The foot is a new one below the new items: moving the old one would be a layout shift.
    foot.remove();
    items.append(...elements);
    element.append(foot);
    isWhole = next_cursor === null;
    replace(foot, next_cursor !== null && moreButton(next_cursor));
    tellIfEmpty();
    // The button has disappeared: focus the first new item.
    if (hadFocus) (elements[0]?.querySelector("a") ?? element).focus();
  }

  function present(item: T): HTMLElement {
    known.add(setup.keyOf(item));
    foot.querySelector(".message")?.remove();
    return setup.show(item);
  }

  function tellIfEmpty(): void {
    if (isWhole && items.children.length === 0) replace(foot, message(setup.empty));
  }

  function moreButton(cursor: string): HTMLElement {
    return h(
      "button",
      { type: "button", class: "button wide", onclick: () => void more(cursor) },
      "Load more",
    );
  }

  void more(null);
  return {
    element,
    prepend(item: T): HTMLElement {
      const shown = present(item);
      items.prepend(shown);
      return shown;
    },
    /** Adds an item at the end and focuses it. */
    append(item: T): void {
      const shown = present(item);
      items.append(shown);
      shown.focus();
    },
    /** Removes an item; focus moves to the item that takes its place. */
    remove(shown: HTMLElement): void {
      const next = shown.nextElementSibling ?? shown.previousElementSibling;
      const hadFocus = shown.contains(document.activeElement);
      shown.remove();
      tellIfEmpty();
      if (hadFocus) (next?.querySelector<HTMLElement>("a, button") ?? element).focus();
    },
  };
}
