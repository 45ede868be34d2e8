// The post that is being written, kept across reloads like its upload.

import type { Visibility } from "../api/types";

export interface Draft {
  text: string;
  alt: string;
  visibility: Visibility;
}

const KEY = "pawl.draft.";
const EMPTY: Draft = { text: "", alt: "", visibility: "public" };

export function loadDraft(owner: string): Draft {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY + owner) ?? "{}") as Partial<Draft>;
    return { ...EMPTY, ...stored };
  } catch {
    return EMPTY;
  }
}

export function saveDraft(owner: string, draft: Draft): void {
  localStorage.setItem(KEY + owner, JSON.stringify(draft));
}

export function clearDraft(owner: string): void {
  localStorage.removeItem(KEY + owner);
}
