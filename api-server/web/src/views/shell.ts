// The frame of every view: name, search, navigation, account menu.

import { listFollowRequests } from "../api/people";
import { bounds } from "../api/schema";
import type { Me } from "../api/types";
import { h, replace, setText } from "../dom";
import { lengthOf } from "../format";
import { icon } from "../icons";
import { navigate } from "../router";
import { endOfSession, hasSession, me, signOut } from "../session";
import { isSending } from "../uploads/list";
import { avatar } from "./avatar";
import { confirmButton } from "./confirm-button";
import { menu } from "./menu";
import { searchAddress } from "./search";

export function shell(siteName: string, signal: AbortSignal) {
  const nav = h("nav", { class: "nav", "aria-label": "Main" });
  const main = h("main", { id: "main", class: "main", tabindex: -1 });
  const search = searchForm();
  me.watch((user) => {
    if (user !== null) replace(nav, userMenu(user));
    // Until the server has answered, a space as large as the menu.
    else replace(nav, hasSession() ? h("span", { class: "avatar-small" }) : visitorLinks());
  }, signal);
  const toMain = (event: Event) => {
    event.preventDefault();
    main.focus();
  };
  const skip = h("a", { class: "skip", href: "#main", onclick: toMain }, "Skip to content");
  const brand = h("a", { class: "brand", href: "/", "aria-label": siteName }, icon("pawl"), h("span", {}, siteName));
  const bar = h("header", { class: "bar" }, h("div", { class: "bar-inner" }, brand, search, nav));
  return { before: [skip, bar, farewell(signal)], main };
}

/** Says why the user is suddenly a visitor. */
function farewell(signal: AbortSignal): HTMLElement {
  const element = h("p", { class: "notice", role: "status" });
  endOfSession.watch((reason) => setText(element, reason ?? ""), signal);
  return element;
}

function searchForm(): HTMLElement {
  const query = new URLSearchParams(location.search);
  const words = location.pathname === "/search" ? query.get("q") : null;
  const input = h("input", {
    type: "search",
    name: "q",
    "aria-label": "Search",
    placeholder: "Search",
    autocomplete: "off",
    enterkeyhint: "search",
    value: words,
    // A form with an invalid field is not submitted.
    oninput: (event: Event) => (event.target as HTMLInputElement).setCustomValidity(""),
  });
  const onsubmit = (event: Event) => {
    event.preventDefault();
    const q = input.value.trim();
    const most = bounds.parameters.q.maxLength;
    // `maxlength` would silently cut the text and count an emoji as two.
    input.setCustomValidity(lengthOf(q) > most ? `Use at most ${most} characters.` : "");
    if (!input.reportValidity()) return;
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
    confirmButton({
      label: "Sign out",
      really: "Stop the upload and sign out?",
      looks: "menu-item",
      isNeeded: isSending,
      run: signOut,
      onProblem: () => undefined,
    }),
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
