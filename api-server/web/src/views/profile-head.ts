// The head of a profile: pictures, names, numbers and actions.

import { getUser, mark } from "../api/people";
import { Problem } from "../api/problem";
import type { User } from "../api/types";
import { h, replace, setText } from "../dom";
import { count } from "../format";
import { icon } from "../icons";
import { me } from "../session";
import { avatar, fullName } from "./avatar";
import { confirmButton } from "./confirm-button";
import { followButton } from "./follow-button";
import { menu } from "./menu";
import { richText } from "./rich-text";

interface Setup {
  /** The visible content may have changed. */
  onFollowed: () => void;
  onBlocked: () => void;
}

export function profileHead(user: User, { onFollowed, onBlocked }: Setup): HTMLElement {
  const failure = h("p", { class: "form-error", role: "alert" });
  const onProblem = (text: string) => setText(failure, text);
  const counts = h("ul", { class: "profile-counts" });
  const show = () => replace(counts, countItems(user));

  const follow = followButton(user, {
    onProblem,
    onChange: async (relation) => {
      user.viewer = relation;
      try {
        Object.assign(user, await getUser(user.username, undefined));
      } catch {
        // Otherwise the number of followers would be out of date.
      }
      show();
      onFollowed();
    },
  });
  show();
  const { item, note } = muting(user, onProblem);
  const more = moreMenu(user, item, { onBlocked, onProblem });
  return h(
    "section",
    { class: "card profile", "aria-label": fullName(user) },
    cover(user),
    h(
      "div",
      { class: "profile-top" },
      avatar(user, "large"),
      h("div", { class: "profile-actions" }, follow ?? ownAction(user), more),
    ),
    h("h2", { class: "profile-name" }, fullName(user), user.is_private && icon("lock")),
    h(
      "p",
      { class: "profile-username" },
      `@${user.username}`,
      user.is_private && h("span", { class: "visually-hidden" }, ", a private account"),
      user.viewer?.followed_by === true && h("span", { class: "badge" }, "Follows you"),
    ),
    user.bio !== "" && h("p", { class: "profile-bio", dir: "auto" }, richText(user.bio)),
    counts,
    note,
    failure,
  );
}

function cover({ cover_url: url }: User): HTMLElement {
  if (url.startsWith("/media/default/")) return h("div", { class: "profile-cover" });
  return h("img", { class: "profile-cover", src: url, alt: "" });
}

function ownAction(user: User): HTMLElement | null {
  if (me.get()?.id !== user.id) return null;
  return h("a", { class: "button", href: "/settings/profile" }, "Edit profile");
}

function countItems(user: User): HTMLElement[] {
  const isListed =
    me.get() !== null && (!user.is_private || me.get()?.id === user.id || user.viewer?.following);
  const list = (number: number, noun: string, list: string) => {
    const words = noun === "following" ? `${number} following` : count(number, noun);
    const href = `/u/${encodeURIComponent(user.username)}/${list}`;
    return h("li", {}, isListed ? h("a", { href }, words) : words);
  };
  return [
    h("li", {}, count(user.posts_count, "post")),
    list(user.followers_count, "follower", "followers"),
    list(user.following_count, "following", "following"),
  ];
}

/** A mute and its end: in the menu, and in a note while it lasts. */
function muting(user: User, onProblem: (text: string) => void) {
  let isMuting = user.viewer?.muting ?? false;
  const item = h("button", { type: "button", class: "menu-item" });
  const note = h("div", { class: "relation-note", role: "status" });
  const change = async () => {
    try {
      await mark(user.username, "mute", !isMuting);
      isMuting = !isMuting;
      show();
    } catch (error) {
      onProblem(Problem.from(error).message);
    }
  };
  const show = () => {
    setText(item, isMuting ? "Unmute" : "Mute");
    const text = `You have muted @${user.username}. Their posts are not in your feeds and searches.`;
    replace(note, isMuting && [h("p", {}, text), button("Unmute", change)]);
  };
  item.addEventListener("click", () => void change());
  show();
  return { item, note };
}

function moreMenu(
  user: User,
  mute: HTMLElement,
  { onBlocked, onProblem }: { onBlocked: () => void; onProblem: (text: string) => void },
): HTMLElement | null {
  if (user.viewer === null) return null;
  const block = confirmButton({
    label: "Block",
    really: "Really block?",
    looks: "menu-item danger",
    run: async () => {
      await mark(user.username, "block", true);
      onBlocked();
    },
    onProblem,
  });
  const made = menu(`More about @${user.username}`, [mute, block]);
  mute.addEventListener("click", () => made.close());
  return made.element;
}

function button(label: string, run: () => Promise<void>): HTMLElement {
  return h("button", { type: "button", class: "button", onclick: () => void run() }, label);
}

/** The head of a user whom the viewer has blocked: the server shows nothing else. */
export function blockedHead(user: User, onUnblocked: () => Promise<void>): HTMLElement {
  const failure = h("p", { class: "form-error", role: "alert" });
  const unblock = async () => {
    try {
      await mark(user.username, "block", false);
      await onUnblocked();
    } catch (error) {
      setText(failure, Problem.from(error).message);
    }
  };
  const text = "You have blocked this person. You do not see each other's posts and comments.";
  return h(
    "section",
    { class: "card profile", "aria-label": fullName(user) },
    avatar(user, "large"),
    h("h2", { class: "profile-name" }, fullName(user)),
    h("p", { class: "profile-username" }, `@${user.username}`),
    h("div", { class: "relation-note", role: "status" }, h("p", {}, text), button("Unblock", unblock)),
    failure,
  );
}
