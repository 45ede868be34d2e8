// The post that is being written, kept across reloads like its upload.

import type { Visibility } from "../api/types";

export interface Draft {
  text: string;
  alt: string;
  visibility: Visibility;
  /** Sent as `Idempotency-Key`, so that a second click makes no second post. */
  key: string;
}

const KEY = "pawl.draft.";

export function loadDraft(owner: string): Draft {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY + owner) ?? "{}") as Partial<Draft>;
    return { ...emptyDraft(), ...stored };
  } catch {
    return emptyDraft();
  }
}

export function saveDraft(owner: string, draft: Draft): void {
  localStorage.setItem(KEY + owner, JSON.stringify(draft));
}

export function clearDraft(owner: string): void {
  localStorage.removeItem(KEY + owner);
}

/** Without crypto.randomUUID, which browsers keep from plain-http origins. */
function emptyDraft(): Draft {
  const random = crypto.getRandomValues(new Uint32Array(4));
  const key = Array.from(random, (word) => word.toString(16).padStart(8, "0")).join("");
  return { text: "", alt: "", visibility: "public", key };
}
