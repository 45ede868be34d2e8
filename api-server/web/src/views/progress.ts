// A progress bar with words to it. The words change many times a second; a screen
// reader is told each tenth part only.

import { freshId, h, setText } from "../dom";

export interface Progress {
  element: HTMLElement;
  /** `percent` null: something goes on, nobody knows how far it is. */
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
