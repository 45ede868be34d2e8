// All uploads of the signed-in user: those of this page and those that an earlier page left.

import { me } from "../session";
import { Store } from "../store";
import { listRecords } from "./record";
import { Upload } from "./upload";

export const uploads = new Store<readonly Upload[]>([]);

/** Follows the session as long as the page exists. */
export function startUploads(): void {
  const forever = new AbortController().signal;
  let owner: string | null = null;
  me.watch((user) => {
    if (user?.username === owner) return;
    owner = user?.username ?? null;
    for (const upload of uploads.get()) upload.leave();
    uploads.set(owner === null ? [] : listRecords(owner).map((record) => Upload.recall(record)));
  }, forever);
  window.addEventListener("beforeunload", (event) => {
    if (isSending()) event.preventDefault();
  });
  // Timed retries give up at some point; a restored connection is a better signal.
  window.addEventListener("online", () => {
    for (const upload of uploads.get()) {
      if (upload.state.get().phase === "broken" && upload.id !== null) upload.resume();
    }
  });
}

/** Whether leaving the page would interrupt an upload. */
export function isSending(): boolean {
  return uploads.get().some(({ state }) => ["starting", "sending"].includes(state.get().phase));
}

export function beginUpload(file: File, endpoint: string, owner: string): Upload {
  const upload = Upload.begin(file, endpoint, owner);
  uploads.set([...uploads.get(), upload]);
  return upload;
}

export function findUpload(id: string): Upload | null {
  return uploads.get().find((upload) => upload.id === id) ?? null;
}

export function dropUpload(upload: Upload): void {
  uploads.set(uploads.get().filter((other) => other !== upload));
}
