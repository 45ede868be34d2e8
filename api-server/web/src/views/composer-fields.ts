// The composer's three fields: text, description of the video, who may see it.

import type { Instance, Visibility } from "../api/types";
import { h, setText } from "../dom";
import { room } from "../format";
import { icon } from "../icons";
import type { Draft } from "../uploads/draft";
import { field } from "./form";

/** The number of characters left is shown when there are fewer. */
const SHOW_LEFT_BELOW = 200;

export const VISIBILITIES: { value: Visibility; label: string }[] = [
  { value: "public", label: "Everyone" },
  { value: "followers", label: "Followers" },
  { value: "private", label: "Only me" },
];

export function composerFields(draft: Draft, limits: Instance["limits"]) {
  // Without `maxlength`, which silently cuts what is pasted and counts an emoji as two.
  const text = field("What is it about?", h("textarea", { name: "text", rows: 2 }, draft.text));
  const left = h("p", { class: "hint", "aria-live": "polite" });
  text.element.append(left);
  const count = () => {
    const rest = limits.post_text_chars - [...text.control.value.trim()].length;
    setText(left, rest < SHOW_LEFT_BELOW ? room(rest) : "");
  };
  text.control.addEventListener("input", count);
  count();
  const alt = field(
    "Describe the video for those who cannot see it",
    h("input", { name: "alt", maxlength: limits.alt_chars, value: draft.alt }),
  );
  const visibility = visibilityField(draft.visibility);
  return {
    text,
    alt,
    visibility,
    values: () => ({
      text: text.control.value,
      alt: alt.control.value,
      visibility: visibility.control.value as Visibility,
    }),
    reset: () => {
      text.control.value = "";
      alt.control.value = "";
      visibility.control.value = "public";
      count();
    },
  };
}

function visibilityField(chosen: Visibility) {
  const options = VISIBILITIES.map(({ value, label }) =>
    h("option", { value, selected: value === chosen }, label),
  );
  const select = field("Who may see it", h("select", { name: "visibility" }, ...options));
  select.element.classList.add("field-inline");
  return select;
}

/** Beside a post that is not for everyone. */
export function visibilityBadge(visibility: Visibility): HTMLElement | null {
  if (visibility === "public") return null;
  const label = VISIBILITIES.find(({ value }) => value === visibility)?.label ?? visibility;
  return h("span", { class: "badge" }, icon(visibility === "private" ? "lock" : "people"), label);
}
