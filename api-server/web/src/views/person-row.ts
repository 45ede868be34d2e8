// A user in a list, with one action.

import type { User } from "../api/types";
import { h } from "../dom";
import { avatar, fullName } from "./avatar";

export function personRow(user: User, ...actions: (HTMLElement | null)[]): HTMLElement {
  const profile = `/u/${encodeURIComponent(user.username)}`;
  return h(
    "article",
    { class: "card person", "aria-label": fullName(user) },
    avatar(user),
    h(
      "div",
      { class: "post-by" },
      h("a", { class: "post-name", href: profile }, fullName(user)),
      h("span", { class: "post-username" }, `@${user.username}`),
      user.bio !== "" && h("span", { class: "person-bio", dir: "auto" }, user.bio),
    ),
    actions,
  );
}
