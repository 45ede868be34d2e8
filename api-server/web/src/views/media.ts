// A media item in any state. The caller passes new data to it.

import { getMedia } from "../api/calls";
import type { Media } from "../api/types";
import { failureWords } from "../api/words";
import { h, replace } from "../dom";
import { percent, span } from "../format";
import { icon } from "../icons";
import { poll } from "../poll";
import { findUpload } from "../uploads/list";
import { frame } from "./frame";
import { openPictures } from "./lightbox";
import { pictureButton } from "./picture";
import { player } from "./player";
import { progress } from "./progress";

interface Part {
  element: HTMLElement;
  update?: (media: Media) => void;
}

export interface MediaView {
  element: HTMLElement;
  update(media: Media): void;
}

/** `open` shows a picture in full size. */
export function mediaView(media: Media, open: () => unknown, signal: AbortSignal): MediaView {
  const element = h("div", { class: "media" });
  let shown: { stage: string; part: Part } | null = null;
  const update = (now: Media) => {
    const stage = stageOf(now);
    if (shown?.stage !== stage) {
      shown = { stage, part: makePart(stage, now, open, signal) };
      replace(element, shown.part.element);
    }
    shown.part.update?.(now);
  };
  update(media);
  return { element, update };
}

/** The delay until the next poll; null when the state is final. Only the owner gets progress. */
export function lookAgainAfterMs({ state }: Media, isOwn: boolean): number | null {
  if (state === "ready" || state === "failed") return null;
  if (!isOwn) return 4_000;
  return state === "uploading" ? 2_500 : 1_000;
}

/**
 * The result of the user's own upload before a post shows it. It stays empty if the user sees a
 * preview anyway.
 */
export function uploadedMedia(
  id: string,
  { isSeen, onFailed }: { isSeen: boolean; onFailed: (why: string) => void },
  signal: AbortSignal,
): HTMLElement {
  const element = h("div", {});
  let view: MediaView | null = null;
  let now: Media | null = null;
  const open = () => now !== null && openPictures([now], 0, signal);
  const onValue = (media: Media) => {
    now = media;
    if (media.state === "failed") onFailed(whyFailed(media));
    else if (isSeen) return lookAgainAfterMs(media, true);
    else if (view === null) replace(element, (view = mediaView(media, open, signal)).element);
    else view.update(media);
    return lookAgainAfterMs(media, true);
  };
  void poll({ read: () => getMedia(id, signal), onValue, firstAfterMs: 0, signal });
  return element;
}

/** A video can be played from the first rendition on, before the others exist. */
function stageOf(media: Media): string {
  if (media.state === "failed") return "failed";
  if (media.kind === "image") return media.state === "ready" ? "picture" : media.state;
  return media.playback.hls_url === null ? media.state : "player";
}

function makePart(stage: string, media: Media, open: () => unknown, signal: AbortSignal): Part {
  if (stage === "picture") return { element: pictureButton(media, open) };
  if (stage === "player") return { element: player(media, signal) };
  if (stage === "failed") return failedPart(media);
  if (stage === "uploading") return uploadingPart(media, signal);
  return processingPart(media);
}

/** Only the owner gets the reason. */
export function whyFailed({ error, kind }: Media): string {
  const known = error === null ? null : failureWords(error.code);
  const what = kind === "image" ? "picture cannot be shown" : "video cannot be played";
  return known ?? `This ${what}.`;
}

function failedPart(media: Media): Part {
  const element = h(
    "div",
    { class: "media-failed" },
    icon("warning"),
    h("p", {}, whyFailed(media)),
  );
  return { element };
}

function uploadingPart(media: Media, signal: AbortSignal): Part {
  const bar = progress("Upload");
  bar.update(null, "Uploading…");
  const upload = findUpload(media.id);
  upload?.state.watch(({ phase, sent }) => {
    const text =
      phase === "sending" ? "Uploading…" : phase === "done" ? "Uploaded" : "Upload is waiting";
    bar.update(percent(sent, upload.size), text);
  }, signal);
  return { element: waitingBox(media, bar.element) };
}

function processingPart(media: Media): Part {
  const bar = progress("Processing");
  const doing = media.kind === "image" ? "Preparing…" : "Converting…";
  const update = ({ progress: now }: Media) => {
    const left = now?.eta_ms == null ? "" : ` · ${span(now.eta_ms)} left`;
    const share = now?.percent == null ? "" : ` · ${Math.floor(now.percent)} %`;
    bar.update(now?.percent ?? null, doing + share + left);
  };
  return { element: waitingBox(media, bar.element), update };
}

/** The user's own picture has a local preview meanwhile. */
function waitingBox(media: Media, content: HTMLElement): HTMLElement {
  const box = frame(media);
  box.classList.add("frame-waiting");
  const preview = findUpload(media.id)?.preview ?? null;
  if (preview !== null) {
    box.classList.add("frame-preview");
    replace(box, h("img", { src: preview, alt: media.alt ?? "" }), content);
  } else replace(box, icon(media.kind === "image" ? "picture" : "film"), content);
  return box;
}
