// The box a picture or video stands in, of its shape and colour, so that nothing jumps when it
// loads.

import type { Media } from "../api/types";
import { h } from "../dom";

export function frame(media: Media): HTMLElement {
  const box = h("div", { class: "frame" });
  const { width, height } = media;
  if (width !== null && height !== null && width > 0 && height > 0) {
    box.style.setProperty("aspect-ratio", `${width} / ${height}`);
    box.classList.toggle("frame-tall", height > width);
  }
  const colour = meanColour(media.blurhash);
  if (colour !== null) box.style.setProperty("background-color", colour);
  return box;
}

const DIGITS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/** The mean of all pixels stands in four digits of a BlurHash; calm enough to wait behind. */
function meanColour(blurhash: string | null): string | null {
  if (blurhash === null || blurhash.length < 6) return null;
  const value = [...blurhash.slice(2, 6)].reduce((sum, d) => sum * 83 + DIGITS.indexOf(d), 0);
  return value < 0 ? null : `#${value.toString(16).padStart(6, "0").slice(-6)}`;
}
