// Chooses a profile picture and shows a local preview at once.

import { h, replace } from "../dom";
import { field, type Field } from "./form";

const ACCEPT = "image/jpeg,image/png,image/webp,image/gif";

export interface PictureField extends Field<HTMLInputElement> {
  file(): File | null;
}

/** `looks` is a class for the preview: the shape of an avatar or of a cover. */
export function pictureField(label: string, looks: string, hint: string): PictureField {
  const input = h("input", { type: "file", name: "picture", accept: ACCEPT });
  const made = field(label, input, hint);
  const preview = h("div", { class: "picture-preview" });
  made.element.append(preview);
  let url: string | null = null;
  const file = () => input.files?.[0] ?? null;
  input.addEventListener("change", () => {
    made.setError(null);
    if (url !== null) URL.revokeObjectURL(url);
    const chosen = file();
    url = chosen === null ? null : URL.createObjectURL(chosen);
    replace(
      preview,
      url !== null && h("img", { class: looks, src: url, alt: "The chosen picture" }),
    );
  });
  return { ...made, file };
}
