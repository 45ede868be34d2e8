// A media in whatever state it is, followed until it is ready or has failed.

import { getMedia } from "../api/calls";
import type { Media } from "../api/types";
import { h, replace } from "../dom";
import { percent, sentence, span } from "../format";
import { icon } from "../icons";
import { poll } from "../poll";
import { findUpload } from "../uploads/list";
import { frame } from "./frame";
import { player } from "./player";
import { progress } from "./progress";

export type ReadMedia = () => Promise<Media | null>;

interface Part {
  element: HTMLElement;
  update?: (media: Media) => void;
}

/** `isOwn`: progress is told to the owner only, so others look less often. */
export function mediaView(
  media: Media,
  read: ReadMedia,
  isOwn: boolean,
  signal: AbortSignal,
): HTMLElement {
  const element = h("div", { class: "media" });
  let shown: { stage: string; part: Part } | null = null;
  const show = (now: Media | null): number | null => {
    if (now === null) return null;
    const stage = stageOf(now);
    if (shown?.stage !== stage) {
      shown = { stage, part: makePart(stage, now, signal) };
      replace(element, shown.part.element);
    }
    shown.part.update?.(now);
    return lookAgainAfterMs(now, isOwn);
  };
  const firstAfterMs = show(media);
  if (firstAfterMs !== null) void poll({ read, onValue: show, firstAfterMs, signal });
  return element;
}

function lookAgainAfterMs({ state }: Media, isOwn: boolean): number | null {
  if (state === "ready" || state === "failed") return null;
  if (!isOwn) return 4_000;
  return state === "uploading" ? 2_500 : 1_000;
}

/** What became of one's own upload that no post shows yet. */
export function uploadedMedia(id: string, signal: AbortSignal): HTMLElement {
  const element = h("div", {});
  const read = () => getMedia(id, signal);
  read().then(
    (media) => replace(element, mediaView(media, read, true, signal)),
    () => undefined,
  );
  return element;
}

/** It plays from the first rendition on, before the others are there. */
function stageOf(media: Media): string {
  if (media.state === "failed") return "failed";
  return media.playback.hls_url === null ? media.state : "player";
}

function makePart(stage: string, media: Media, signal: AbortSignal): Part {
  if (stage === "player") return { element: player(media, signal) };
  if (stage === "failed") return failedPart(media);
  if (stage === "uploading") return uploadingPart(media, signal);
  return processingPart(media);
}

function failedPart(media: Media): Part {
  const text = media.error?.detail ?? "this video could not be made playable";
  return {
    element: h("div", { class: "media-failed" }, icon("warning"), h("p", {}, sentence(text))),
  };
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
  const update = ({ progress: now }: Media) => {
    const left = now?.eta_ms == null ? "" : ` · ${span(now.eta_ms)} left`;
    const share = now?.percent == null ? "" : ` · ${Math.floor(now.percent)} %`;
    bar.update(now?.percent ?? null, `Making it playable…${share}${left}`);
  };
  return { element: waitingBox(media, bar.element), update };
}

function waitingBox(media: Media, content: HTMLElement): HTMLElement {
  const box = frame(media);
  box.classList.add("frame-waiting");
  replace(box, icon("film"), content);
  return box;
}
