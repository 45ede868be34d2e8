// Pages that list users: followers, followees, likers, follow requests, blocked and muted users.

import { getPost, listPostLikes } from "../api/calls";
import {
  answerFollowRequest,
  listFollowRequests,
  listFollows,
  listMarked,
  mark,
  type PeopleList,
} from "../api/people";
import { Problem } from "../api/problem";
import { h } from "../dom";
import { retitle, type Page } from "../router";
import { peopleList } from "./people-list";
import { postTitle } from "./post-card";
import { tabs } from "./tabs";

export function followListView([username = "", which = ""]: string[], signal: AbortSignal): Page {
  const list: PeopleList = which === "following" ? "following" : "followers";
  const profile = `/u/${encodeURIComponent(username)}`;
  const title = list === "followers" ? `Followers of @${username}` : `Followed by @${username}`;
  const people = peopleList(
    {
      label: title,
      empty: "Nobody yet.",
      load: (cursor) => listFollows(username, list, cursor, signal),
      absence: () => "This list does not exist, or only followers may see it.",
    },
    signal,
  );
  const links = tabs(`@${username}`, `${profile}/${list}`, [
    { label: `@${username}`, href: profile },
    { label: "Followers", href: `${profile}/followers` },
    { label: "Following", href: `${profile}/following` },
  ]);
  return { title, body: h("div", { class: "stack" }, links, people) };
}

export function likesView([id = ""]: string[], signal: AbortSignal): Page {
  const people = peopleList(
    {
      label: "People who like it",
      empty: "Nobody likes it yet.",
      load: (cursor) => listPostLikes(id, cursor, signal),
      absence: () => "This post does not exist, or you may not see it.",
    },
    signal,
  );
  // The title stays as it is if the post cannot be read, which the list says.
  getPost(id, signal).then((post) => retitle(`Likes of ${postTitle(post)}`, signal)).catch(() => null);
  const address = `/p/${encodeURIComponent(id)}`;
  const links = tabs("Post", `${address}/likes`, [
    { label: "The post", href: address },
    { label: "Who likes it", href: `${address}/likes` },
  ]);
  return { title: "Who likes it", body: h("div", { class: "stack" }, links, people) };
}

export function requestsView(_params: string[], signal: AbortSignal): Page {
  const people = peopleList(
    {
      label: "Follow requests",
      empty: "You have no follow requests.",
      load: (cursor) => listFollowRequests(cursor, signal),
      actions: ({ username }, onGone, onProblem) => {
        const answer = (isAccepted: boolean) => () => answerFollowRequest(username, isAccepted);
        return [
          actionButton("Accept", answer(true), onGone, onProblem, "primary"),
          actionButton("Decline", answer(false), onGone, onProblem),
        ];
      },
    },
    signal,
  );
  return page("Follow requests", people);
}

export function markedView([which = ""]: string[], signal: AbortSignal): Page {
  const isBlocks = which === "blocks";
  const title = isBlocks ? "Blocked people" : "Muted people";
  const people = peopleList(
    {
      label: title,
      empty: isBlocks ? "You have blocked nobody." : "You have muted nobody.",
      load: (cursor) => listMarked(isBlocks ? "blocks" : "mutes", cursor, signal),
      actions: ({ username }, onGone, onProblem) => {
        const undo = () => mark(username, isBlocks ? "block" : "mute", false);
        return [actionButton(isBlocks ? "Unblock" : "Unmute", undo, onGone, onProblem)];
      },
    },
    signal,
  );
  return page(title, people);
}

function page(title: string, content: HTMLElement): Page {
  const heading = h("h2", { class: "card-title page-title" }, title);
  return { title, body: h("div", { class: "stack" }, heading, content) };
}

function actionButton(
  label: string,
  run: () => Promise<void>,
  onDone: () => void,
  onProblem: (text: string) => void,
  looks = "",
): HTMLElement {
  const onclick = async () => {
    try {
      await run();
      onDone();
    } catch (error) {
      onProblem(Problem.from(error).message);
    }
  };
  return h("button", { type: "button", class: `button ${looks}`, onclick }, label);
}
