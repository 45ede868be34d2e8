// Fields of a post: its text with the number of characters left, and its visibility.

import type { Visibility } from "../api/types";
import { h, setText } from "../dom";
import { room } from "../format";
import { icon } from "../icons";
import { field, type Field } from "./form";

/** The number of characters left appears below this number. */
const SHOW_LEFT_BELOW = 200;

const VISIBILITIES: { value: Visibility; label: string }[] = [
  { value: "public", label: "Everyone" },
  { value: "followers", label: "Followers" },
  { value: "private", label: "Only me" },
];

export interface TextField extends Field<HTMLTextAreaElement> {
  set(text: string): void;
}

/** A text of at most `limit` characters, counted as the server counts. */
export function textField(label: string, text: string, limit: number): TextField {
  // `maxlength` would silently cut pasted text and count an emoji as two.
  const made = field(label, h("textarea", { name: "text", rows: 2, dir: "auto" }, text));
  const left = h("p", { class: "hint", "aria-live": "polite" });
  made.element.append(left);
  const count = () => {
    const rest = limit - [...made.control.value.trim()].length;
    setText(left, rest < SHOW_LEFT_BELOW ? room(rest) : "");
  };
  made.control.addEventListener("input", count);
  count();
  const set = (text: string) => {
    made.control.value = text;
    count();
  };
  return { ...made, set };
}

/** A private account cannot choose "everyone", unless it was already chosen. */
export function visibilityField(chosen: Visibility, isPrivate: boolean): Field<HTMLSelectElement> {
  const offered = VISIBILITIES.filter(
    ({ value }) => !isPrivate || value !== "public" || chosen === "public",
  );
  const options = offered.map(({ value, label }) =>
    h("option", { value, selected: value === chosen }, label),
  );
  const select = field("Who can see it", h("select", { name: "visibility" }, ...options));
  select.element.classList.add("field-inline");
  return select;
}

/** The mark of a post that is not public. */
export function visibilityBadge(visibility: Visibility): HTMLElement | null {
  if (visibility === "public") return null;
  const label = VISIBILITIES.find(({ value }) => value === visibility)?.label ?? visibility;
  return h("span", { class: "badge" }, icon(visibility === "private" ? "lock" : "people"), label);
}
