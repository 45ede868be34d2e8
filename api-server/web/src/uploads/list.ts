// All uploads of whoever is signed in: those of this page and those an earlier one left.

import { me } from "../session";
import { Store } from "../store";
import { listRecords } from "./record";
import { Upload } from "./upload";

export const uploads = new Store<readonly Upload[]>([]);

/** Follows the session for as long as the page lives. */
export function startUploads(): void {
  const forever = new AbortController().signal;
  let owner: string | null = null;
  me.watch((user) => {
    if (user?.username === owner) return;
    owner = user?.username ?? null;
    for (const upload of uploads.get()) upload.leave();
    uploads.set(owner === null ? [] : listRecords(owner).map((record) => Upload.recall(record)));
  }, forever);
  // Retrying by the clock gives up in the end; a connection that is back is a better sign.
  window.addEventListener("online", () => {
    for (const upload of uploads.get()) {
      if (upload.state.get().phase === "broken" && upload.id !== null) upload.resume();
    }
  });
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
