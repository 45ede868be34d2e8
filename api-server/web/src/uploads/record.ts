// The data of an upload that survives a reload: enough to continue when the user chooses the same
// file again. It stays in localStorage until all bytes are uploaded and the post is sent.

import { readStored, writeStored } from "../storage";

export interface UploadRecord {
  /** The upload's id, which is also the id of its media item. */
  id: string;
  url: string;
  /** Uploads of other accounts in the same browser are ignored. */
  owner: string;
  name: string;
  size_bytes: number;
  is_picture: boolean;
  /** A small copy of a picture as a `data:` URL. */
  thumbnail: string | null;
  fingerprint: string;
  complete: boolean;
  posted: boolean;
}

const KEY = "pawl.uploads";

export function listRecords(owner: string): UploadRecord[] {
  return read().filter((record) => record.owner === owner);
}

export function saveRecord(record: UploadRecord): void {
  write([...read().filter(({ id }) => id !== record.id), record]);
}

export function removeRecord(id: string): void {
  write(read().filter((record) => record.id !== id));
}

/** Read it each time, because other tabs write here too. */
function read(): UploadRecord[] {
  try {
    const records: unknown = JSON.parse(readStored(KEY) ?? "[]");
    return Array.isArray(records) ? (records as UploadRecord[]) : [];
  } catch {
    return [];
  }
}

function write(records: UploadRecord[]): void {
  writeStored(KEY, JSON.stringify(records));
}
