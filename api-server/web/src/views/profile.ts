// A person and what they have posted.

import { getUser, listUserPosts } from "../api/calls";
import { Problem } from "../api/problem";
import type { User } from "../api/types";
import { h, replace } from "../dom";
import type { Page } from "../router";
import { avatar, fullName } from "./avatar";
import { message } from "./message";
import { postList } from "./post-list";

export function profileView([username = ""]: string[], signal: AbortSignal): Page {
  const body = h(
    "div",
    { class: "stack" },
    h("p", { class: "loading", role: "status" }, "Loading…"),
  );
  getUser(username, signal).then(
    (user) => replace(body, profileHead(user), posts(user, signal)),
    (error: unknown) => {
      if (!signal.aborted) replace(body, message(absence(Problem.from(error), username)));
    },
  );
  return { title: `@${username}`, body };
}

function absence(problem: Problem, username: string): string {
  return problem.status === 404 ? `There is nobody called @${username} here.` : problem.message;
}

function profileHead(user: User): HTMLElement {
  return h(
    "section",
    { class: "card profile" },
    avatar(user, "large"),
    h(
      "div",
      { class: "profile-words" },
      h("h2", { class: "profile-name" }, fullName(user)),
      h("p", { class: "profile-username" }, `@${user.username}`),
      user.bio !== "" && h("p", { class: "profile-bio", dir: "auto" }, user.bio),
      h(
        "p",
        { class: "profile-counts" },
        user.posts_count === 1 ? "1 post" : `${user.posts_count} posts`,
      ),
    ),
  );
}

function posts(user: User, signal: AbortSignal): HTMLElement {
  const setup = {
    label: `Posts by ${fullName(user)}`,
    empty: `${fullName(user)} has not posted yet.`,
    load: (cursor: string | null) => listUserPosts(user.username, cursor, signal),
  };
  return postList(setup, signal).element;
}
