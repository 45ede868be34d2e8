// The post that is being written, kept across reloads like its uploads.

import { freshKey } from "../api/key";
import type { Visibility } from "../api/types";

export interface Draft {
  text: string;
  visibility: Visibility;
  /** In order, with what is said for those who cannot see them. */
  media: { id: string; alt: string }[];
  /** Under which the post is made, however often it is sent. */
  key: string;
}

const KEY = "pawl.draft.";

export function loadDraft(owner: string): Draft {
  const empty: Draft = { text: "", visibility: "public", media: [], key: freshKey() };
  try {
    const stored = JSON.parse(localStorage.getItem(KEY + owner) ?? "{}") as Partial<Draft>;
    return { ...empty, ...stored };
  } catch {
    return empty;
  }
}

export function saveDraft(owner: string, draft: Draft): void {
  localStorage.setItem(KEY + owner, JSON.stringify(draft));
}

export function clearDraft(owner: string): void {
  localStorage.removeItem(KEY + owner);
}
