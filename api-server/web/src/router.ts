// Maps URLs to views, with the history API. Each view gets a signal that aborts when it ends.

import { h, replace, setText } from "./dom";
import { beginPlace, keepPlace } from "./place";

export interface Page {
  /** For the window and for screen readers; `retitle` changes it when the view knows more. */
  title: string;
  body: Node;
}

export type View = (params: string[], signal: AbortSignal, query: URLSearchParams) => Page;

interface Router {
  routes: [RegExp, View][];
  notFound: View;
  main: HTMLElement;
  siteName: string;
}

let router: Router | null = null;
let current = new AbortController();

export function startRouter(setup: Router): void {
  router = setup;
  // Lists load later than the browser restores the scroll position.
  history.scrollRestoration = "manual";
  window.addEventListener("pagehide", keepPlace);
  window.addEventListener("popstate", () => {
    show(true);
    if (history.state === null) scrollTo(0, 0);
  });
  document.addEventListener("click", followLink);
  beginPlace(true);
  render(setup);
  wantedFocus(setup.main)?.focus();
}

export function navigate(path: string): void {
  keepPlace();
  history.pushState(null, "", path);
  show();
  scrollTo(0, 0);
}

/** Shows the current URL again, for example after signing in or out. */
export function show(isReturn = false): void {
  if (router === null) return;
  beginPlace(isReturn);
  // A screen reader announces the new title; keyboard focus starts at the top of the new view.
  const heading = render(router);
  (wantedFocus(router.main) ?? heading).focus({ preventScroll: true });
}

/** Names the current view; `signal` is the one that the view got. */
export function retitle(title: string, signal: AbortSignal): void {
  if (router !== null && !signal.aborted) setTitle(title, router);
}

function setTitle(title: string, { siteName, main }: Router): void {
  document.title = `${title} · ${siteName}`;
  const heading = main.querySelector("h1");
  if (heading !== null) setText(heading, title);
}

function render(router: Router): HTMLElement {
  current.abort();
  current = new AbortController();
  const { view, params } = match(router, location.pathname);
  const page = view(params, current.signal, new URLSearchParams(location.search));
  const heading = h("h1", { class: "visually-hidden", tabindex: -1 });
  replace(router.main, heading, page.body);
  setTitle(page.title, router);
  return heading;
}

function wantedFocus(main: HTMLElement): HTMLElement | null {
  return main.querySelector<HTMLElement>("[data-autofocus]");
}

function match({ routes, notFound }: Router, path: string): { view: View; params: string[] } {
  for (const [pattern, view] of routes) {
    const found = pattern.exec(path);
    if (found !== null) return { view, params: found.slice(1).map(decodePart) };
  }
  return { view: notFound, params: [] };
}

/** A malformed escape is treated like any unknown URL. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target !== "" || link.origin !== location.origin) return;
  if (link.hash !== "" && link.pathname === location.pathname) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
