// Edits the own profile: names, bio, privacy, and the two pictures.

import { removePicture, setPicture, updateMe, type Picture } from "../api/people";
import { Problem } from "../api/problem";
import { bounds } from "../api/schema";
import type { Me } from "../api/types";
import { h, replace, setText } from "../dom";
import { navigate, type Page } from "../router";
import { me, renewMe } from "../session";
import { avatar } from "./avatar";
import { lineField, textField } from "./composer-fields";
import { confirmButton } from "./confirm-button";
import { field, form } from "./form";
import { pictureField } from "./picture-field";
import { section } from "./section";

export function profileEditView(_params: string[], signal: AbortSignal): Page {
  const user = me.get();
  if (user === null) throw new Error("the profile editor needs a signed-in user");
  const body = h(
    "div",
    { class: "stack" },
    section("Pictures", picturePart("avatar", signal), picturePart("cover", signal)),
    section("About you", wordsForm(user)),
  );
  return { title: "Edit profile", body };
}

const PICTURES: Record<Picture, { label: string; hint: string }> = {
  avatar: { label: "Picture", hint: "Shown as a circle" },
  cover: { label: "Cover", hint: "Shown behind your name. Use a wide picture" },
};

/** A picture is uploaded as soon as it is chosen. */
function picturePart(which: Picture, signal: AbortSignal): HTMLElement {
  const { label, hint } = PICTURES[which];
  const chooser = pictureField(label, `preview-${which}`, hint);
  const shown = h("div", { class: "picture-now" });
  const said = h("p", { class: "hint", role: "status" });
  const run = async (busy: string, done: string, change: () => Promise<void>) => {
    setText(said, busy);
    try {
      await change();
      await renewMe();
      setText(said, done);
    } catch (error) {
      setText(said, "");
      const problem = Problem.from(error);
      chooser.setError(problem.fields.get("picture") ?? problem.message);
    }
  };
  chooser.control.addEventListener("change", () => {
    const file = chooser.file();
    if (file !== null) void run("Uploading…", "Saved.", () => setPicture(which, file));
  });
  const remove = confirmButton({
    label: `Remove the ${label.toLowerCase()}`,
    really: "Really remove it?",
    looks: "button",
    run: () => run("Removing…", "Removed.", () => removePicture(which)),
    onProblem: chooser.setError,
  });
  me.watch((user) => {
    if (user === null) return;
    const url = which === "avatar" ? user.avatar_url : user.cover_url;
    remove.hidden = url.startsWith("/media/default/");
    if (which === "avatar") replace(shown, avatar(user, "large"));
    else replace(shown, !remove.hidden && h("img", { class: "preview-cover", src: url, alt: "" }));
    // The chosen picture is now the current one.
    chooser.element.querySelector(".picture-preview")?.replaceChildren();
  }, signal);
  return h("div", { class: "picture-part" }, shown, chooser.element, remove, said);
}

function wordsForm(user: Me): HTMLElement {
  const nameField = (label: string, name: "first_name" | "last_name", autocomplete: string) => {
    const input = h("input", { name, value: user[name], autocomplete });
    return lineField(label, input, bounds.ProfilePatch[name].maxLength);
  };
  const checkbox = h("input", { type: "checkbox", name: "is_private", checked: user.is_private });
  const fields = {
    first_name: nameField("First name", "first_name", "given-name"),
    last_name: nameField("Last name", "last_name", "family-name"),
    bio: textField("About you", user.bio, bounds.ProfilePatch.bio.maxLength),
    is_private: field(
      "Private account",
      checkbox,
      "Only your followers see your posts. You approve new followers.",
    ),
  };
  fields.is_private.element.classList.add("field-check");
  const send = async () => {
    const { first_name, last_name, bio } = fields;
    me.set(
      await updateMe({
        first_name: first_name.control.value.trim(),
        last_name: last_name.control.value.trim(),
        bio: bio.control.value.trim(),
        is_private: checkbox.checked,
      }),
    );
    navigate(`/u/${encodeURIComponent(user.username)}`);
  };
  return form({ fields, submit: "Save", busy: "Saving…", send });
}
