// The frame around every view: the name, where one can go, who is signed in.

import { h, replace } from "../dom";
import { icon } from "../icons";
import { me, signOut } from "../session";

export function shell(siteName: string, signal: AbortSignal) {
  const nav = h("nav", { class: "nav", "aria-label": "Main" });
  const main = h("main", { id: "main", class: "main", tabindex: -1 });
  me.watch(
    (user) => replace(nav, user === null ? visitorLinks() : userLinks(user.username)),
    signal,
  );
  const toMain = (event: Event) => {
    event.preventDefault();
    main.focus();
  };
  const skip = h("a", { class: "skip", href: "#main", onclick: toMain }, "Skip to content");
  const brand = h("a", { class: "brand", href: "/" }, icon("pawl"), h("span", {}, siteName));
  const bar = h("header", { class: "bar" }, h("div", { class: "bar-inner" }, brand, nav));
  return { header: [skip, bar], main };
}

function visitorLinks(): HTMLElement[] {
  return [
    h("a", { class: "nav-link", href: "/sign-in" }, "Sign in"),
    h("a", { class: "button primary", href: "/sign-up" }, "Sign up"),
  ];
}

function userLinks(username: string): HTMLElement[] {
  const address = `/u/${encodeURIComponent(username)}`;
  return [
    h("a", { class: "nav-link nav-user", href: address }, `@${username}`),
    h("button", { type: "button", class: "button", onclick: () => void signOut() }, "Sign out"),
  ];
}
