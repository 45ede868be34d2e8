// A user's profile and posts.

import { getUser, listUserPosts } from "../api/people";
import { Problem } from "../api/problem";
import type { User } from "../api/types";
import { h, replace } from "../dom";
import type { Page } from "../router";
import { me } from "../session";
import { fullName } from "./avatar";
import { message } from "./message";
import { postList } from "./post-list";
import { profileHead } from "./profile-head";

export function profileView([username = ""]: string[], signal: AbortSignal): Page {
  const body = h(
    "div",
    { class: "stack" },
    h("p", { class: "loading", role: "status" }, "Loading…"),
  );
  const showPosts = h("div", {});
  const show = (user: User) => replace(showPosts, posts(user, signal));
  getUser(username, signal).then(
    (user) => {
      replace(
        body,
        profileHead(user, () => show(user)),
        showPosts,
      );
      show(user);
    },
    (error: unknown) => {
      if (!signal.aborted) replace(body, message(absence(Problem.from(error), username)));
    },
  );
  return { title: `@${username}`, body };
}

function absence(problem: Problem, username: string): string {
  return problem.status === 404 ? `There is no user @${username}.` : problem.message;
}

function posts(user: User, signal: AbortSignal): HTMLElement {
  const name = fullName(user);
  const isClosed = user.is_private && me.get()?.id !== user.id && !user.viewer?.following;
  const setup = {
    label: `Posts by ${name}`,
    empty: isClosed ? `Only followers see the posts of ${name}.` : `${name} has not posted yet.`,
    load: (cursor: string | null) => listUserPosts(user.username, cursor, signal),
  };
  return postList(setup, signal).element;
}
