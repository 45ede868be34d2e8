// A heart with a number. It changes at once, and changes back if the server refuses.

import { Problem } from "../api/problem";
import { h, setText } from "../dom";
import { count, short } from "../format";
import { icon } from "../icons";
import { signInAddress } from "../next";
import { me } from "../session";

interface Liked {
  liked: boolean;
  likes_count: number;
}

interface Setup {
  /** "post by Ada", for screen readers. */
  what: string;
  set: (isLiked: boolean) => Promise<void>;
  onProblem: (text: string) => void;
}

export function likeButton(now: Liked, { what, set, onProblem }: Setup): HTMLElement {
  const number = h("span", { class: "action-count" });
  if (me.get() === null) {
    setText(number, short(now.likes_count));
    const label = `${count(now.likes_count, "like")}. Sign in to like this ${what}`;
    return h(
      "a",
      { class: "action", href: signInAddress(), "aria-label": label },
      icon("heart"),
      number,
    );
  }
  let { liked, likes_count: likes } = now;
  let isBusy = false;
  const button = h(
    "button",
    { type: "button", class: "action action-like" },
    icon("heart"),
    number,
  );
  const show = () => {
    button.setAttribute("aria-pressed", String(liked));
    button.setAttribute("aria-label", `Like this ${what}, ${count(likes, "like")}`);
    setText(number, short(likes));
  };
  const turn = () => {
    liked = !liked;
    likes += liked ? 1 : -1;
    show();
  };
  button.addEventListener("click", async () => {
    if (isBusy) return;
    isBusy = true;
    turn();
    try {
      await set(liked);
    } catch (error) {
      turn();
      onProblem(Problem.from(error).message);
    } finally {
      isBusy = false;
    }
  });
  show();
  return button;
}
