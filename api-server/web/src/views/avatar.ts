// A user's picture, or their initials on a colour of their own.

import type { UserSummary } from "../api/types";
import { h } from "../dom";

const COLOURS = 6;
const PIXELS = { tiny: 28, small: 42, large: 96 };

export function avatar(person: UserSummary, size: keyof typeof PIXELS = "small"): HTMLElement {
  const url = person.avatar_url;
  const classes = `avatar avatar-${size}`;
  if (!url.startsWith("/media/default/")) {
    const pixels = PIXELS[size];
    const attributes = { class: classes, src: url, alt: "", width: pixels, height: pixels };
    return h("img", { ...attributes, decoding: "async" });
  }
  const letters = (person.first_name.slice(0, 1) + person.last_name.slice(0, 1)).toUpperCase();
  const colour =
    [...person.username].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS;
  // The style sheet shows the letters: as text they would be part of a button's visible label.
  return h("span", { class: `${classes} avatar-${colour}`, "data-letters": letters });
}

/** "Ada Lovelace (@ada)", for page titles. */
export function nameAndUsername(person: UserSummary): string {
  return `${fullName(person)} (@${person.username})`;
}

export function fullName(person: UserSummary): string {
  return `${person.first_name} ${person.last_name}`.trim() || person.username;
}
