// The box a video stands in, of the video's shape, so that nothing jumps when it loads.

import type { Media } from "../api/types";
import { h } from "../dom";

export function frame({ width, height }: Media): HTMLElement {
  const box = h("div", { class: "frame" });
  if (width !== null && height !== null && width > 0 && height > 0) {
    box.style.setProperty("aspect-ratio", `${width} / ${height}`);
    box.classList.toggle("frame-tall", height > width);
  }
  return box;
}
