// Uploads that already belong to a post or to no draft, shown until they are complete.

import { h, replace } from "../dom";
import type { Store } from "../store";
import { uploads } from "../uploads/list";
import { isWhole, type Upload } from "../uploads/upload";
import { uploadCard } from "./upload-card";

/**
 * All uploads that the composer does not show. The composer gets the focus when the last one
 * disappears.
 */
export function uploadsPanel(
  inComposer: Store<readonly Upload[]>,
  focusComposer: () => void,
  signal: AbortSignal,
): HTMLElement {
  const list = h("div", { class: "uploads-list" });
  const element = h(
    "section",
    { class: "card uploads", hidden: true, "aria-label": "Uploads" },
    h("h2", { class: "card-title" }, "Uploads"),
    list,
  );
  const cards = new Map<Upload, HTMLElement>();
  const isShown = (upload: Upload) =>
    !inComposer.get().includes(upload) && !(upload.isPosted && isWhole(upload.state.get().phase));

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
    if (isSame) return;
    const hadFocus = list.contains(document.activeElement);
    replace(list, wanted);
    element.hidden = wanted.length === 0;
    if (!hadFocus || list.contains(document.activeElement)) return;
    const next = list.querySelector<HTMLElement>("button");
    if (next === null) focusComposer();
    else next.focus();
  }

  uploads.watch(refresh, signal);
  inComposer.watch(arrange, signal);
  return element;
}
