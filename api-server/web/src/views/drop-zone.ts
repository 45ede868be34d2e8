// Chooses files by click, keyboard or drop. The input itself keeps the focus, so Enter and Space
// work as usual.

import { h, setText } from "../dom";
import { icon } from "../icons";
import { uploadTerms } from "../instance";

export interface DropZone {
  element: HTMLElement;
  setError(text: string | null): void;
}

interface Setup {
  title: string;
  hint: string;
  /** Whether to accept several files. */
  isMultiple?: boolean;
  onFiles: (files: File[]) => void;
}

export function dropZone({ title, hint, isMultiple = false, onFiles }: Setup): DropZone {
  const input = h("input", {
    type: "file",
    class: "visually-hidden",
    multiple: isMultiple,
  });
  // It only narrows the file dialog; without an answer the dialog offers all files.
  uploadTerms().then(({ accept }) => (input.accept = accept.join(",")), () => undefined);
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const setError = (text: string | null) => {
    setText(error, text ?? "");
    error.hidden = text === null;
  };
  const take = (files: FileList | null | undefined) => {
    const chosen = Array.from(files ?? []);
    if (chosen.length === 0) return;
    setError(null);
    if (chosen.length > 1 && !isMultiple) setError("Choose one file only.");
    else onFiles(chosen);
  };
  input.addEventListener("change", () => {
    take(input.files);
    // Allow the same file to be chosen again after it was refused.
    input.value = "";
  });
  const words = h("span", { class: "drop-words" }, h("strong", {}, title), h("span", {}, hint));
  const zone = h("label", { class: "drop" }, input, icon("film"), words);
  highlightDrags(zone, (files) => take(files));
  return { element: h("div", { class: "drop-box" }, zone, error), setError };
}

function highlightDrags(zone: HTMLElement, onDrop: (files: FileList | undefined) => void): void {
  // Enter and leave events also come from children: the drag ends at the outermost leave.
  let depth = 0;
  const mark = (change: number) => {
    depth = Math.max(0, depth + change);
    zone.classList.toggle("drag-over", depth > 0);
  };
  zone.addEventListener("dragenter", () => mark(1));
  zone.addEventListener("dragleave", () => mark(-1));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(-depth);
    onDrop(event.dataTransfer?.files);
  });
}

/** Otherwise a file dropped next to the zone would replace the page. */
export function ignoreStrayDrops(signal: AbortSignal): void {
  const stop = (event: Event) => event.preventDefault();
  window.addEventListener("dragover", stop, { signal });
  window.addEventListener("drop", stop, { signal });
}
