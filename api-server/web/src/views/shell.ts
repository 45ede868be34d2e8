// The frame of every view: name, search, navigation, account menu.

import { listFollowRequests } from "../api/people";
import { bounds } from "../api/schema";
import type { Me } from "../api/types";
import { h, replace, setText } from "../dom";
import { icon } from "../icons";
import { navigate } from "../router";
import { me, signOut } from "../session";
import { avatar } from "./avatar";
import { menu } from "./menu";
import { searchAddress } from "./search";

export function shell(siteName: string, signal: AbortSignal) {
  const nav = h("nav", { class: "nav", "aria-label": "Main" });
  const main = h("main", { id: "main", class: "main", tabindex: -1 });
  const search = searchForm();
  me.watch((user) => {
    search.hidden = user === null;
    replace(nav, user === null ? visitorLinks() : userMenu(user));
  }, signal);
  const toMain = (event: Event) => {
    event.preventDefault();
    main.focus();
  };
  const skip = h("a", { class: "skip", href: "#main", onclick: toMain }, "Skip to content");
  const brand = h("a", { class: "brand", href: "/" }, icon("pawl"), h("span", {}, siteName));
  const bar = h("header", { class: "bar" }, h("div", { class: "bar-inner" }, brand, search, nav));
  return { header: [skip, bar], main };
}

function searchForm(): HTMLElement {
  const query = new URLSearchParams(location.search);
  const words = location.pathname === "/search" ? query.get("q") : null;
  const input = h("input", {
    type: "search",
    name: "q",
    "aria-label": "Search",
    placeholder: "Search",
    maxlength: bounds.parameters.q.maxLength,
    autocomplete: "off",
    enterkeyhint: "search",
    value: words,
  });
  const onsubmit = (event: Event) => {
    event.preventDefault();
    const q = input.value.trim();
    const now = new URLSearchParams(location.search).get("kind");
    const kind = location.pathname === "/search" && now === "posts" ? "posts" : "users";
    if (q !== "") navigate(searchAddress(q, kind));
  };
  return h("form", { class: "search", role: "search", onsubmit }, icon("search"), input);
}

function visitorLinks(): HTMLElement[] {
  return [
    h("a", { class: "nav-link", href: "/sign-in" }, "Sign in"),
    h("a", { class: "button primary", href: "/sign-up" }, "Sign up"),
  ];
}

function userMenu(user: Me): HTMLElement {
  const item = (href: string, label: string) => h("a", { class: "menu-item", href }, label);
  const requests = item("/follow-requests", "Follow requests");
  const items = [
    item(`/u/${encodeURIComponent(user.username)}`, `@${user.username}`),
    requests,
    item("/settings", "Settings"),
    h("button", { type: "button", class: "menu-item", onclick: () => void signOut() }, "Sign out"),
  ];
  const onOpen = () => void countRequests(requests);
  return menu(`Account of @${user.username}`, items, avatar(user), onOpen).element;
}

/** Shows the number of requests, as far as one page tells; the link also works without it. */
async function countRequests(link: HTMLElement): Promise<void> {
  try {
    const { items, next_cursor } = await listFollowRequests(null, undefined);
    const count = `${items.length}${next_cursor === null ? "" : "+"}`;
    setText(link, items.length === 0 ? "Follow requests" : `Follow requests (${count})`);
  } catch {
    setText(link, "Follow requests");
  }
}
