// A video behind its poster. hls.js is loaded when the first video is played.

import type Hls from "hls.js";

import type { Media } from "../api/types";
import { h, replace, setText } from "../dom";
import { clock } from "../format";
import { icon } from "../icons";
import { frame } from "./frame";

/** How many fatal network or decoder errors to recover from, per video. */
const MENDS = 4;

export function player(media: Media, signal: AbortSignal): HTMLElement {
  const box = frame(media);
  const { poster_url: poster, duration_ms: duration } = media;
  const play = h(
    "button",
    {
      type: "button",
      class: "poster",
      "aria-label": label(media),
      onclick: () => void start(box, media, signal),
    },
    poster !== null && h("img", { src: poster, alt: media.alt ?? "", loading: "lazy" }),
    h("span", { class: "poster-play" }, icon("play")),
    duration !== null && h("span", { class: "poster-time" }, clock(duration)),
  );
  replace(box, play);
  return box;
}

function label({ alt, duration_ms: duration }: Media): string {
  const what = alt === null || alt === "" ? "video" : `video: ${alt}`;
  return duration === null ? `Play ${what}` : `Play ${what}, ${clock(duration)}`;
}

async function start(box: HTMLElement, media: Media, signal: AbortSignal): Promise<void> {
  const url = media.playback.hls_url;
  if (url === null) return;
  const video = h("video", {
    controls: true,
    playsinline: true,
    poster: media.poster_url,
    "aria-label": media.alt || "Video",
  });
  const failure = h("p", { class: "player-error", role: "alert" });
  video.addEventListener("play", () => pauseOthers(video));
  replace(box, video, failure);
  video.focus();
  try {
    await attach(video, url, signal, () =>
      setText(failure, "This video cannot be played right now."),
    );
  } catch {
    setText(failure, "The player could not be loaded. Check your connection.");
  }
}

let playing: HTMLVideoElement | null = null;

function pauseOthers(video: HTMLVideoElement): void {
  if (playing !== video) playing?.pause();
  playing = video;
}

async function attach(
  video: HTMLVideoElement,
  url: string,
  signal: AbortSignal,
  onFailure: () => void,
): Promise<void> {
  const { default: HlsPlayer, ErrorTypes, Events } = await import("hls.js");
  if (signal.aborted) return;
  if (HlsPlayer.isSupported()) {
    const hls = new HlsPlayer({ capLevelToPlayerSize: true });
    let mendsLeft = MENDS;
    hls.on(Events.ERROR, (_event, { fatal, type }) => {
      if (!fatal) return;
      mendsLeft -= 1;
      if (mendsLeft > 0 && type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else if (mendsLeft > 0 && type === ErrorTypes.NETWORK_ERROR) reload(hls, url);
      else onFailure();
    });
    signal.addEventListener("abort", () => hls.destroy(), { once: true });
    hls.loadSource(url);
    hls.attachMedia(video);
  } else if (video.canPlayType("application/vnd.apple.mpegurl") !== "") {
    video.addEventListener("error", onFailure);
    video.src = url;
  } else {
    return onFailure();
  }
  // Playing is refused if the browser needs another click; the controls allow that.
  await video.play().catch(() => undefined);
}

/** Without a master playlist there is nothing to reload. */
function reload(hls: Hls, url: string): void {
  if (hls.levels.length === 0) hls.loadSource(url);
  else hls.startLoad();
}
