// A picture in a post, in a button that opens the full size.

import type { Media } from "../api/types";
import { h, replace } from "../dom";
import { frame } from "./frame";

/** The column has a width of at most 720 px, or of the whole window if that is narrower. */
const SIZES = "(min-width: 760px) 680px, 100vw";

export function pictureButton(media: Media, open: () => unknown): HTMLElement {
  const box = frame(media);
  const label = media.alt ? `Show picture: ${media.alt}` : "Show picture";
  const image = h("img", {
    src: largest(media),
    srcset: media.variants.map(({ url, width }) => `${url} ${width}w`).join(", "),
    sizes: SIZES,
    width: media.width,
    height: media.height,
    alt: media.alt ?? "",
    loading: "lazy",
    decoding: "async",
  });
  const attributes = { type: "button", class: "picture", "aria-label": label, onclick: open };
  replace(box, h("button", attributes, image));
  return box;
}

export function largest({ variants }: Media): string | null {
  return (
    variants.reduce<(typeof variants)[number] | null>(
      (best, variant) => (best === null || variant.width > best.width ? variant : best),
      null,
    )?.url ?? null
  );
}
