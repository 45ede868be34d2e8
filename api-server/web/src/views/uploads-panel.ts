// Uploads that belong to a post already, or to no draft: shown until they are done.

import { h, replace } from "../dom";
import type { Store } from "../store";
import { uploads } from "../uploads/list";
import type { Upload } from "../uploads/upload";
import { uploadCard } from "./upload-card";

/** All but the one that the composer shows. */
export function uploadsPanel(inComposer: Store<Upload | null>, signal: AbortSignal): HTMLElement {
  const list = h("div", { class: "uploads-list" });
  const element = h(
    "section",
    { class: "card uploads", hidden: true, "aria-label": "Uploads" },
    h("h2", { class: "card-title" }, "Uploads"),
    list,
  );
  const cards = new Map<Upload, HTMLElement>();
  const isShown = (upload: Upload) =>
    upload !== inComposer.get() && !(upload.isPosted && upload.state.get().phase === "done");

  function refresh(): void {
    for (const upload of uploads.get()) {
      if (cards.has(upload)) continue;
      cards.set(upload, uploadCard(upload, signal));
      upload.state.watch(({ phase }) => phase === "done" && arrange(), signal);
    }
    arrange();
  }

  function arrange(): void {
    const wanted = uploads
      .get()
      .filter(isShown)
      .flatMap((upload) => cards.get(upload) ?? []);
    const isSame =
      wanted.length === list.children.length && wanted.every((c, i) => c === list.children[i]);
    if (!isSame) replace(list, wanted);
    element.hidden = wanted.length === 0;
  }

  uploads.watch(refresh, signal);
  inComposer.watch(arrange, signal);
  return element;
}
