// Fields of a post: its text with the number of characters left, and its visibility.

import type { Visibility } from "../api/types";
import { h, setText } from "../dom";
import { lengthOf, room } from "../format";
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

/** A text of several lines. */
export function textField(label: string, text: string, limit: number): TextField {
  const made = field(label, h("textarea", { name: "text", rows: 2, dir: "auto" }, text));
  const count = limited(made, limit);
  const set = (text: string) => {
    made.control.value = text;
    count();
  };
  return { ...made, set };
}

/** A text of one line. */
export function lineField(label: string, input: HTMLInputElement, limit: number) {
  const made = field(label, input);
  limited(made, limit);
  return made;
}

/**
 * Shows how many characters are left, near the limit. `maxlength` would silently cut pasted text
 * and count an emoji as two.
 */
function limited({ element, control }: Field, limit: number): () => void {
  const left = h("p", { class: "hint", "aria-live": "polite" });
  element.append(left);
  const showBelow = Math.min(SHOW_LEFT_BELOW, limit / 5);
  const count = () => {
    const rest = limit - lengthOf(control.value);
    setText(left, rest < showBelow ? room(rest) : "");
  };
  control.addEventListener("input", count);
  count();
  return count;
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
