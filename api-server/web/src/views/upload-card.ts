// One upload with its name, its progress and its actions.

import { Problem } from "../api/problem";
import { h, replace, setText } from "../dom";
import { bytes, percent, span } from "../format";
import { icon } from "../icons";
import { dropUpload } from "../uploads/list";
import { isWhole, type Phase, type Upload, type UploadState } from "../uploads/upload";
import { confirmButton } from "./confirm-button";
import { dropZone } from "./drop-zone";
import { progress } from "./progress";

export function uploadCard(upload: Upload, signal: AbortSignal): HTMLElement {
  const bar = progress(`Upload of ${upload.name}`);
  const note = h("p", { class: "upload-note", role: "status" });
  const actions = h("div", { class: "upload-actions" });
  const extra = h("div", { class: "upload-extra" });
  const element = h(
    "section",
    { class: "upload", "aria-label": `Upload ${upload.name}` },
    h(
      "div",
      { class: "upload-head" },
      thumbnail(upload),
      h(
        "div",
        { class: "upload-name" },
        h("strong", {}, upload.name),
        h("span", {}, bytes(upload.size)),
      ),
      actions,
    ),
    bar.element,
    note,
    extra,
  );
  let shown: Phase | null = null;
  upload.state.watch((state) => {
    bar.update(percent(state.sent, upload.size), progressText(upload, state));
    setText(note, noteText(upload, state));
    element.dataset["phase"] = state.phase;
    if (shown === state.phase) return;
    // Buttons change only with the phase, so that the focus is not lost.
    const hadFocus = element.contains(document.activeElement);
    shown = state.phase;
    replace(actions, phaseButton(upload, state.phase), awayButton(upload, state.phase, note));
    replace(extra, state.phase === "waiting" && fileChooser(upload));
    if (hadFocus) actions.querySelector("button")?.focus();
  }, signal);
  return element;
}

function thumbnail({ preview, isPicture }: Upload): HTMLElement {
  const instead = h("span", { class: "upload-icon" }, icon(isPicture ? "picture" : "film"));
  if (preview === null) return instead;
  const image = h("img", { class: "upload-icon", src: preview, alt: "" });
  // A file that only claims to be a picture.
  image.addEventListener("error", () => image.replaceWith(instead));
  return image;
}

function progressText(upload: Upload, { phase, sent, speed }: UploadState): string {
  const share = `${bytes(sent)} of ${bytes(upload.size)}`;
  if (phase === "starting") return "Starting…";
  if (isWhole(phase)) return `${bytes(upload.size)} uploaded`;
  if (phase !== "sending") return `${share} · ${percent(sent, upload.size)} %`;
  if (sent === upload.size) return `${share} · finishing…`;
  if (speed === null || speed < 1) return share;
  return `${share} · ${bytes(speed)}/s · ${span(((upload.size - sent) / speed) * 1000)} left`;
}

function noteText(upload: Upload, { phase, message, sent }: UploadState): string {
  if (message !== null) return message;
  if (phase === "paused") return "Paused. The server keeps what it has received.";
  if (phase === "elsewhere") return "Another tab is uploading this file.";
  if (phase === "gone") return "This upload no longer exists.";
  if (phase !== "waiting") return "";
  const arrived = sent === 0 ? "Nothing" : `${bytes(sent)} (${percent(sent, upload.size)} %)`;
  return `Waiting for “${upload.name}” (${bytes(upload.size)}). ${arrived} has been uploaded.`;
}

function phaseButton(upload: Upload, phase: Phase): HTMLElement | null {
  const button = (label: string, run: () => void, name?: "pause" | "play") =>
    h("button", { type: "button", class: "button", onclick: run }, name && icon(name), label);
  if (phase === "sending") return button("Pause", () => void upload.pause(), "pause");
  if (phase === "paused") return button("Resume", () => upload.resume(), "play");
  if (phase === "broken") return button("Try again", () => upload.resume());
  if (phase === "elsewhere") return button("Check again", () => void upload.lookAgain());
  return null;
}

const LEAVE_OUT = { label: "Remove", really: "Really remove?" };
const DISCARD = { label: "Discard", really: "Really discard?" };

/** Asks for confirmation: uploading the bytes again may take long. */
function awayButton(upload: Upload, phase: Phase, note: HTMLElement): HTMLElement {
  const run = async () => {
    await upload.discard();
    dropUpload(upload);
  };
  const onProblem = (text: string) => setText(note, text);
  if (phase === "gone") {
    const away = () => void run();
    return h("button", { type: "button", class: "button quiet", onclick: away }, "Discard");
  }
  return confirmButton({ ...(isWhole(phase) ? LEAVE_OUT : DISCARD), run, onProblem });
}

function fileChooser(upload: Upload): HTMLElement {
  const zone = dropZone({
    title: "Choose the same file again",
    hint: "The upload continues where it stopped.",
    onFiles: ([file]) => {
      if (file === undefined) return;
      upload
        .continueWith(file)
        .catch((error: unknown) => zone.setError(Problem.from(error).message));
    },
  });
  return zone.element;
}
