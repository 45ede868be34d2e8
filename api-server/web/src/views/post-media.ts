// The media of a post: videos over the full width, consecutive pictures in a grid. While an item is
// unfinished, one poll of the post updates all items.

import { getPost } from "../api/calls";
import type { Media, Post } from "../api/types";
import { h } from "../dom";
import { poll } from "../poll";
import { me } from "../session";
import { openPictures } from "./lightbox";
import { lookAgainAfterMs, mediaView, type MediaView } from "./media";

/** The maximum number of pictures in a grid; the last one shows how many more there are. */
const IN_GRID = 4;

export function postMedia(post: Post, signal: AbortSignal): HTMLElement {
  let now = post.media;
  const views = new Map<string, MediaView>();
  const open = (id: string) => {
    const pictures = now.filter(({ kind, state }) => kind === "image" && state === "ready");
    openPictures(
      pictures,
      Math.max(
        0,
        pictures.findIndex((one) => one.id === id),
      ),
      signal,
    );
  };
  for (const media of now)
    views.set(
      media.id,
      mediaView(media, () => open(media.id), signal),
    );

  const isOwn = me.get()?.id === post.author.id;
  const soonest = () => {
    const waits = now.flatMap((media) => lookAgainAfterMs(media, isOwn) ?? []);
    return waits.length === 0 ? null : Math.min(...waits);
  };
  const onValue = ({ media }: Post) => {
    now = media;
    for (const one of media) views.get(one.id)?.update(one);
    return soonest();
  };
  const firstAfterMs = soonest();
  const read = () => getPost(post.id, signal);
  if (firstAfterMs !== null) void poll({ read, onValue, firstAfterMs, signal });
  return h(
    "div",
    { class: "post-media" },
    inRuns(now).map((run) => runOf(run, views, open)),
  );
}

/** Groups consecutive pictures; every other item is a group of its own. */
function inRuns(media: Media[]): Media[][] {
  const runs: Media[][] = [];
  for (const one of media) {
    const last = runs.at(-1);
    if (one.kind === "image" && last?.[0]?.kind === "image") last.push(one);
    else runs.push([one]);
  }
  return runs;
}

function runOf(run: Media[], views: Map<string, MediaView>, open: (id: string) => void) {
  const elements = run.flatMap(({ id }) => views.get(id)?.element ?? []);
  if (elements.length === 1) return elements;
  const hidden = elements.length - IN_GRID;
  const next = run[IN_GRID];
  const shown = elements.slice(0, IN_GRID);
  const more =
    next !== undefined &&
    h(
      "button",
      { type: "button", class: "gallery-more", onclick: () => open(next.id) },
      `+${hidden}`,
      h("span", { class: "visually-hidden" }, ` more ${hidden === 1 ? "picture" : "pictures"}`),
    );
  return h("div", { class: `gallery gallery-${shown.length}` }, shown, more);
}
