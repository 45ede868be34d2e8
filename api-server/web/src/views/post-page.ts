// The page of a single post with its comments, and the page for unknown URLs.

import { getPost } from "../api/calls";
import { Problem } from "../api/problem";
import { h, replace } from "../dom";
import { navigate, retitle, type Page } from "../router";
import { Store } from "../store";
import { comments } from "./comments";
import { message } from "./message";
import { postCard, postTitle } from "./post-card";

const HOME = { label: "To the latest posts", run: () => navigate("/") };

export function postView([id = ""]: string[], signal: AbortSignal): Page {
  const body = h(
    "div",
    { class: "stack" },
    h("p", { class: "loading", role: "status" }, "Loading…"),
  );
  getPost(id, signal).then(
    (post) => {
      retitle(postTitle(post), signal);
      const count = new Store(post.comments_count);
      const setup = { comments: count, onGone: () => navigate("/") };
      replace(body, postCard(post, setup, signal), comments(post, count, signal));
    },
    (error: unknown) => {
      if (signal.aborted) return;
      const problem = Problem.from(error);
      const text =
        problem.status === 404
          ? "This post does not exist, or you may not see it."
          : problem.message;
      replace(body, message(text, HOME));
    },
  );
  return { title: "Post", body };
}

export function notFoundView(): Page {
  return { title: "Not found", body: message("This page does not exist.", HOME) };
}
