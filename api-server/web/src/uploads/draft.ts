// The unsent post. Like its uploads, it survives a reload.

import { freshKey } from "../api/key";
import type { Visibility } from "../api/types";
import { readStored, removeStored, writeStored } from "../storage";

export interface Draft {
  text: string;
  visibility: Visibility;
  /** In order, with their alt texts. */
  media: { id: string; alt: string }[];
  /** The idempotency key of the post, the same for every attempt to send it. */
  key: string;
}

const KEY = "pawl.draft.";

export function loadDraft(owner: string): Draft {
  const empty: Draft = { text: "", visibility: "public", media: [], key: freshKey() };
  try {
    const stored = JSON.parse(readStored(KEY + owner) ?? "{}") as Partial<Draft>;
    return { ...empty, ...stored };
  } catch {
    return empty;
  }
}

export function saveDraft(owner: string, draft: Draft): void {
  writeStored(KEY + owner, JSON.stringify(draft));
}

export function clearDraft(owner: string): void {
  removeStored(KEY + owner);
}
