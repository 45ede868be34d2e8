// A progress bar with a text. The text changes many times a second; a screen reader only gets every
// tenth percent step.

import { freshId, h, setText } from "../dom";

export interface Progress {
  element: HTMLElement;
  /** `percent` null: in progress, with an unknown amount left. */
  update(percent: number | null, text: string): void;
}

export function progress(label: string): Progress {
  const id = freshId("progress");
  const bar = h("progress", { max: 100, "aria-label": label, "aria-describedby": id });
  const words = h("p", { class: "progress-text", id });
  const spoken = h("p", { class: "visually-hidden", "aria-live": "polite" });
  let lastTenth = -1;
  const update = (percent: number | null, text: string) => {
    setText(words, text);
    if (percent === null) {
      bar.removeAttribute("value");
      return;
    }
    bar.value = percent;
    const tenth = Math.floor(percent / 10);
    if (tenth !== lastTenth) setText(spoken, `${label}: ${tenth * 10} percent`);
    lastTenth = tenth;
  };
  return { element: h("div", { class: "progress" }, bar, words, spoken), update };
}
