// The pictures and videos of the unsent post, in order, each with its upload and its alt text.

import { Problem } from "../api/problem";
import { bounds } from "../api/schema";
import type { Instance, NewPostMedia } from "../api/types";
import { h, replace } from "../dom";
import { icon } from "../icons";
import { bytes } from "../format";
import { uploadTerms } from "../instance";
import { Store } from "../store";
import type { Draft } from "../uploads/draft";
import { beginUpload, dropUpload, uploads } from "../uploads/list";
import { typeOf } from "../uploads/transfer";
import type { Upload } from "../uploads/upload";
import { dropZone } from "./drop-zone";
import { lineField } from "./composer-fields";
import type { Field } from "./form";
import { uploadedMedia } from "./media";
import { uploadCard } from "./upload-card";

const MOST = bounds.NewPost.media.maxItems;

type Terms = Instance["uploads"];

interface Item {
  upload: Upload;
  alt: Field<HTMLInputElement>;
  element: HTMLElement;
}

interface Setup {
  owner: string;
  /** The media of the draft that an earlier page left. */
  media: Draft["media"];
  /** Called when an item was added, removed or moved, or has reached the server. */
  onChange: () => void;
}

export function attachments({ owner, media, onChange }: Setup, signal: AbortSignal) {
  const attached = new Store<readonly Upload[]>([]);
  let items: Item[] = [];
  const zone = dropZone({
    title: "Choose pictures and videos or drop them here",
    hint: `Up to ${MOST}. They start uploading at once.`,
    isMultiple: true,
    onFiles: (files) => {
      const failed = (error: unknown) => zone.setError(Problem.from(error).message);
      uploadTerms().then((terms) => choose(files, terms), failed);
    },
  });
  const list = h("div", { class: "attachments" });
  const element = h("div", { class: "attachment" }, list, zone.element);

  function choose(files: File[], terms: Terms): void {
    if (signal.aborted) return;
    const room = MOST - items.length;
    const objections = files.flatMap((file) => objectionTo(file, terms) ?? []);
    const good = files.filter((file) => objectionTo(file, terms) === null);
    if (good.length > room) objections.push(`A post has at most ${MOST} pictures and videos.`);
    const begun = good.slice(0, room).map((file) => beginUpload(file, terms.url, owner));
    const first = begun.map((upload) => add(upload, ""))[0];
    zone.setError(objections.length === 0 ? null : objections.join(" "));
    for (const upload of begun) upload.created.then(onChange, (error) => refused(upload, error));
    // Focus the next text to write, where the drop zone may have disappeared.
    if (first !== undefined) first.element.querySelector<HTMLElement>("button")?.focus();
  }

  function refused(upload: Upload, error: unknown): void {
    const problem = Problem.from(error);
    dropUpload(upload);
    if (problem.code !== "discarded") zone.setError(problem.message);
  }

  function add(upload: Upload, alt: string): Item {
    const what = upload.isPicture ? "picture" : "video";
    const words = lineField(
      `Describe the ${what} for people who cannot see it`,
      h("input", { name: "alt", value: alt, autocomplete: "off" }),
      bounds.NewPostMedia.alt.maxLength,
    );
    const item: Item = { upload, alt: words, element: h("div", { class: "attached" }) };
    const card = uploadCard(upload, signal);
    card.append(words.element, moveButtons(item), preview(upload, signal));
    item.element.append(card);
    set([...items, item]);
    return item;
  }

  function moveButtons(item: Item): HTMLElement {
    const button = (label: string, name: "up" | "down", by: number) =>
      h(
        "button",
        {
          type: "button",
          class: "button icon-button",
          title: label,
          onclick: () => move(item, by),
        },
        icon(name),
        h("span", { class: "visually-hidden" }, `${label}: ${item.upload.name}`),
      );
    return h(
      "div",
      { class: "attached-moves" },
      button("Move up", "up", -1),
      button("Move down", "down", 1),
    );
  }

  function move(item: Item, by: number): void {
    const from = items.indexOf(item);
    const moved = items.filter((other) => other !== item);
    moved.splice(Math.min(Math.max(from + by, 0), items.length - 1), 0, item);
    const used = document.activeElement;
    set(moved);
    if (used instanceof HTMLElement) used.focus();
  }

  function set(next: Item[]): void {
    items = next;
    const shown = items.map((item) => item.element);
    const isSame =
      shown.length === list.children.length && shown.every((e, i) => e === list.children[i]);
    if (!isSame) replace(list, shown);
    element.classList.toggle("has-items", items.length > 0);
    element.classList.toggle("has-order", items.length > 1);
    zone.element.hidden = items.length >= MOST;
    attached.set(items.map(({ upload }) => upload));
    onChange();
  }

  /** The user discarded it in its card or in another view: focus moves to its neighbour. */
  function follow(all: readonly Upload[]): void {
    const place = items.findIndex(({ element }) => element.contains(document.activeElement));
    const kept = items.filter(({ upload }) => all.includes(upload));
    if (kept.length === items.length) return;
    const hadFocus = place >= 0 && !all.includes(items[place]?.upload as Upload);
    set(kept);
    if (!hadFocus) return;
    const next = kept[Math.min(place, kept.length - 1)];
    (next?.element ?? zone.element).querySelector<HTMLElement>("button, input")?.focus();
  }

  const placeOf = ({ id }: Upload) => {
    const place = media.findIndex((one) => one.id === id);
    return place < 0 ? media.length : place;
  };
  const left = uploads.get().filter(({ isPosted }) => !isPosted);
  for (const upload of left.sort((a, b) => placeOf(a) - placeOf(b))) {
    add(upload, media[placeOf(upload)]?.alt ?? "");
  }
  uploads.watch(follow, signal);

  return {
    element,
    attached,
    /** The data of all items for the draft. */
    draft: () =>
      items.flatMap(({ upload: { id }, alt }) =>
        id === null ? [] : [{ id, alt: alt.control.value }],
      ),
    /** The items for the request, as soon as every upload exists. */
    toSend: (): Promise<NewPostMedia[]> =>
      Promise.all(
        items.map(async ({ upload, alt }) => ({
          upload_id: await upload.created,
          alt: alt.control.value.trim(),
        })),
      ),
    /** The element that shows the server's errors about the items. */
    fields: (): Record<string, Field> =>
      Object.fromEntries(items.map(({ alt }, place) => [`media/${place}/alt`, alt])),
    /** The items now belong to a post, which shows them. */
    letGo: () => {
      for (const { upload } of items) upload.markPosted();
      set([]);
    },
  };
}

/** Client-side checks before a byte is sent; the server checks again. */
function objectionTo(file: File, { max_bytes, accept }: Terms): string | null {
  if (file.size > max_bytes) {
    return `“${file.name}” has ${bytes(file.size)}. The limit is ${bytes(max_bytes)}.`;
  }
  const type = typeOf(file);
  const isAccepted = accept.some(
    (a) => a === "*/*" || a === type || (a.endsWith("/*") && type.startsWith(a.slice(0, -1))),
  );
  return isAccepted ? null : `“${file.name}” is neither a picture nor a video.`;
}

/** The result of a complete upload before the post is sent; its card says if it has failed. */
function preview(upload: Upload, signal: AbortSignal): HTMLElement {
  const element = h("div", { class: "attachment-preview" });
  upload.state.watch(({ phase }) => {
    if (phase === "failed") return replace(element);
    if (phase !== "done" || upload.id === null || element.hasChildNodes()) return;
    const setup = { isSeen: upload.preview !== null, onFailed: (why: string) => upload.fail(why) };
    replace(element, uploadedMedia(upload.id, setup, signal));
  }, signal);
  return element;
}
