// A user's profile and posts.

import { findBlocked, getUser, listUserPosts } from "../api/people";
import { Problem } from "../api/problem";
import type { User } from "../api/types";
import { h, replace } from "../dom";
import { retitle, type Page } from "../router";
import { me } from "../session";
import { fullName, nameAndUsername } from "./avatar";
import { message } from "./message";
import { postList } from "./post-list";
import { blockedHead, profileHead } from "./profile-head";

export function profileView([username = ""]: string[], signal: AbortSignal): Page {
  const body = h(
    "div",
    { class: "stack" },
    h("p", { class: "loading", role: "status" }, "Loading…"),
  );
  const load = async () => {
    try {
      show(await getUser(username, signal));
    } catch (error) {
      if (!signal.aborted) await explain(Problem.from(error));
    }
  };
  const show = (user: User) => {
    retitle(nameAndUsername(user), signal);
    const list = h("div", {});
    const showPosts = () => replace(list, posts(user, signal));
    const head = profileHead(user, { onFollowed: showPosts, onBlocked: () => showBlocked(user) });
    replace(body, head, list);
    showPosts();
  };
  const showBlocked = (user: User) => {
    retitle(nameAndUsername(user), signal);
    replace(body, blockedHead(user, load));
    body.querySelector<HTMLElement>("button")?.focus();
  };
  const explain = async (problem: Problem) => {
    const mayBlock = problem.status === 404 && me.get() !== null;
    const blocked = mayBlock && (await findBlocked(username, signal).catch(() => null));
    if (signal.aborted) return;
    if (blocked) showBlocked(blocked);
    else replace(body, message(absence(problem, username)));
  };
  void load();
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
