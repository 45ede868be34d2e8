// Chooses a profile picture and shows a local preview at once.

import { h, replace, setText } from "../dom";
import { bytes } from "../format";
import { pictureTerms } from "../instance";
import { field, type Field } from "./form";

export interface PictureField extends Field<HTMLInputElement> {
  file(): File | null;
}

/** `looks` is a class for the preview: the shape of an avatar or of a cover. */
export function pictureField(label: string, looks: string, hint?: string): PictureField {
  const input = h("input", { type: "file", name: "picture", accept: "image/*" });
  // The line has its height from the start, so that nothing moves when the terms arrive.
  const terms = h("span", {}, "\u00a0");
  const made = field(label, input, h("span", {}, hint && `${hint}. `, terms));
  // Without an answer the server still refuses what it does not accept.
  pictureTerms().then(
    ({ accept, max_bytes }) => {
      input.accept = accept.join(",");
      setText(terms, `${formats(accept)}, up to ${bytes(max_bytes)}`);
    },
    () => undefined,
  );
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

/** Such as “JPEG, PNG or GIF”. */
function formats(types: string[]): string {
  const names = types.map((type) => type.replace("image/", "").toUpperCase());
  return names.join(", ").replace(/, ([^,]*)$/, " or $1");
}
