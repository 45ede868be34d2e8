// Follows, requests to follow, and undoes both. The label shows the current state; a press changes
// it.

import { mark } from "../api/people";
import { Problem } from "../api/problem";
import type { Relation, User } from "../api/types";
import { h, setText } from "../dom";
import { signUpAddress } from "../next";
import { me } from "../session";
import { fullName } from "./avatar";

interface Setup {
  onProblem: (text: string) => void;
  /** Called with the new state after each change. */
  onChange?: (relation: Relation) => void;
}

/** For visitors a link to the sign-up; null for the user themselves. */
export function followButton(user: User, { onProblem, onChange }: Setup): HTMLElement | null {
  if (me.get() === null) return signUpLink(user);
  let relation = user.viewer;
  if (relation === null) return null;
  let isBusy = false;
  const button = h("button", { type: "button", class: "button follow" });

  function show({ following, follow_requested, followed_by }: Relation): void {
    const word = following
      ? "Following"
      : follow_requested
        ? "Requested"
        : followed_by
          ? "Follow back"
          : "Follow";
    setText(button, word);
    button.classList.toggle("primary", !following && !follow_requested);
    button.setAttribute("aria-pressed", String(following || follow_requested));
    button.setAttribute("aria-label", `${word}: ${fullName(user)}`);
  }

  button.addEventListener("click", async () => {
    if (isBusy || relation === null) return;
    isBusy = true;
    const before = relation;
    const isSet = !(before.following || before.follow_requested);
    relation = {
      ...before,
      following: isSet && !user.is_private,
      follow_requested: isSet && user.is_private,
    };
    show(relation);
    try {
      await mark(user.username, "follow", isSet);
      onChange?.(relation);
    } catch (error) {
      relation = before;
      show(relation);
      onProblem(Problem.from(error).message);
    } finally {
      isBusy = false;
    }
  });
  show(relation);
  return button;
}

function signUpLink(user: User): HTMLElement {
  const label = `Follow: ${fullName(user)}. Sign up first`;
  const looks = "button primary follow";
  return h("a", { class: looks, href: signUpAddress(), "aria-label": label }, "Follow");
}
