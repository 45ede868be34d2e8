// Search results: users by name, posts by text.

import { searchPosts } from "../api/calls";
import { searchUsers } from "../api/people";
import { h } from "../dom";
import type { Page } from "../router";
import { message } from "./message";
import { peopleList } from "./people-list";
import { postList } from "./post-list";
import { tabs } from "./tabs";

type Kind = "users" | "posts";

export function searchAddress(q: string, kind: Kind): string {
  return `/search?${new URLSearchParams({ q, kind })}`;
}

export function searchView(_params: string[], signal: AbortSignal, query: URLSearchParams): Page {
  const q = (query.get("q") ?? "").trim();
  const kind: Kind = query.get("kind") === "posts" ? "posts" : "users";
  if (q === "")
    return { title: "Search", body: message("Search for people and posts in the box above.") };
  const which = tabs("Results", searchAddress(q, kind), [
    { label: "People", href: searchAddress(q, "users") },
    { label: "Posts", href: searchAddress(q, "posts") },
  ]);
  const label = `Search: ${q}`;
  const empty = `Nothing was found for “${q}”.`;
  const results =
    kind === "users"
      ? peopleList({ label, empty, load: (cursor) => searchUsers(q, cursor, signal) }, signal)
      : postList({ label, empty, load: (cursor) => searchPosts(q, cursor, signal) }, signal)
          .element;
  return { title: label, body: h("div", { class: "stack" }, which, results) };
}
