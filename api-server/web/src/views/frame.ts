// The box of a picture or video. It has the final size and the average colour, so that nothing
// moves when the file loads.

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

/** Four digits of a BlurHash encode the mean of all pixels, which is a calm background. */
function meanColour(blurhash: string | null): string | null {
  if (blurhash === null || blurhash.length < 6) return null;
  const value = [...blurhash.slice(2, 6)].reduce((sum, d) => sum * 83 + DIGITS.indexOf(d), 0);
  return value < 0 ? null : `#${value.toString(16).padStart(6, "0").slice(-6)}`;
}
