// A list that grows by "Load more", whatever it is a list of.

import { Problem } from "../api/problem";
import type { Page } from "../api/types";
import { h, replace, setText } from "../dom";
import { pageShown } from "../place";
import { message } from "./message";

export interface ListSetup<T> {
  label: string;
  empty: string;
  /** A class for the list itself. */
  looks: string;
  load: (cursor: string | null) => Promise<Page<T>>;
  keyOf: (item: T) => string;
  show: (item: T) => HTMLElement;
  /** The one list of its view whose pages are there again when one comes back. */
  keepsPlace?: boolean;
  /** In place of the list when it is not there to see. */
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
    // The pressed button is disabled by now, and the focus with the body.
    const hadFocus = isWanted && document.activeElement === document.body;
    const fresh = page.filter((item) => !known.has(setup.keyOf(item)));
    for (const item of fresh) known.add(setup.keyOf(item));
    const elements = fresh.map(setup.show);
    items.append(...elements);
    isWhole = next_cursor === null;
    replace(foot, next_cursor !== null && moreButton(next_cursor));
    tellIfEmpty();
    // The button went away under the finger: go on at the first new item.
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
    /** At the end of what is there so far, with the focus on it. */
    append(item: T): void {
      const shown = present(item);
      items.append(shown);
      shown.focus();
    },
    /** Takes an item out; the focus goes on to the one that comes in its place. */
    remove(shown: HTMLElement): void {
      const next = shown.nextElementSibling ?? shown.previousElementSibling;
      const hadFocus = shown.contains(document.activeElement);
      shown.remove();
      tellIfEmpty();
      if (hadFocus) (next?.querySelector<HTMLElement>("a, button") ?? element).focus();
    },
  };
}
