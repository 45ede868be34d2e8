// Shows pictures in full size, one at a time, with their alt texts; arrow keys and Escape work.

import type { Media } from "../api/types";
import { h, replace, setText } from "../dom";
import { icon } from "../icons";
import { largest } from "./picture";

export function openPictures(pictures: Media[], first: number, signal: AbortSignal): void {
  let at = first;
  const place = h("div", { class: "lightbox-picture" });
  const words = h("p", { class: "lightbox-words", dir: "auto" });
  const counter = h("p", { class: "lightbox-counter", role: "status" });
  const step = (by: number) => {
    at = (at + by + pictures.length) % pictures.length;
    show();
  };
  const button = (label: string, name: "left" | "right" | "close", run: () => void) =>
    h(
      "button",
      { type: "button", class: `lightbox-button to-${name}`, "aria-label": label, onclick: run },
      icon(name),
    );
  const dialog = h(
    "dialog",
    { class: "lightbox", "aria-label": "Pictures" },
    button("Close", "close", () => dialog.close()),
    place,
    h("div", { class: "lightbox-foot" }, words, counter),
    pictures.length > 1 && [
      button("Previous picture", "left", () => step(-1)),
      button("Next picture", "right", () => step(1)),
    ],
  );

  function show(): void {
    const picture = pictures[at];
    if (picture === undefined) return;
    const { width, height, alt } = picture;
    replace(place, h("img", { src: largest(picture), alt: alt ?? "", width, height }));
    setText(words, alt ?? "");
    setText(counter, pictures.length > 1 ? `${at + 1} of ${pictures.length}` : "");
  }

  dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft") step(-1);
    if (key === "ArrowRight") step(1);
  });
  // A click next to the picture counts as outside.
  place.addEventListener("click", ({ target }) => target === place && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  signal.addEventListener("abort", () => dialog.close(), { once: true });
  show();
  document.body.append(dialog);
  dialog.showModal();
}
