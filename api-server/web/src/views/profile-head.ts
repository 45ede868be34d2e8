// The head of a profile: pictures, names, numbers and actions.

import { getUser, mark, type Mark } from "../api/people";
import { Problem } from "../api/problem";
import type { User } from "../api/types";
import { h, replace, setText } from "../dom";
import { count } from "../format";
import { icon } from "../icons";
import { navigate } from "../router";
import { me } from "../session";
import { avatar, fullName } from "./avatar";
import { confirmButton } from "./confirm-button";
import { followButton } from "./follow-button";
import { menu } from "./menu";

/** `onFollowed`: the visible content may have changed. */
export function profileHead(user: User, onFollowed: () => void): HTMLElement {
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
  return h(
    "section",
    { class: "card profile", "aria-label": fullName(user) },
    cover(user),
    h(
      "div",
      { class: "profile-top" },
      avatar(user, "large"),
      h("div", { class: "profile-actions" }, follow ?? ownAction(user), moreMenu(user, onProblem)),
    ),
    h("h2", { class: "profile-name" }, fullName(user), user.is_private && icon("lock")),
    h(
      "p",
      { class: "profile-username" },
      `@${user.username}`,
      user.is_private && h("span", { class: "visually-hidden" }, ", a private account"),
      user.viewer?.followed_by === true && h("span", { class: "badge" }, "Follows you"),
    ),
    user.bio !== "" && h("p", { class: "profile-bio", dir: "auto" }, user.bio),
    counts,
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

function moreMenu(user: User, onProblem: (text: string) => void): HTMLElement | null {
  if (user.viewer === null) return null;
  let isMuting = user.viewer.muting;
  const set = async (what: Mark, isSet: boolean) => {
    await mark(user.username, what, isSet);
  };
  const label = () => (isMuting ? "Unmute" : "Mute");
  const mute = h("button", { type: "button", class: "menu-item" }, label());
  mute.addEventListener("click", async () => {
    try {
      await set("mute", !isMuting);
      isMuting = !isMuting;
      setText(mute, label());
    } catch (error) {
      onProblem(Problem.from(error).message);
    }
    made.close();
  });
  const block = confirmButton({
    label: "Block",
    really: "Really block?",
    looks: "menu-item danger",
    run: async () => {
      await set("block", true);
      navigate("/blocks");
    },
    onProblem,
  });
  const made = menu(`More about @${user.username}`, [mute, block]);
  return made.element;
}
