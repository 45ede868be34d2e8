// What is remembered of an upload across reloads: enough to go on once the same file
// is chosen again. Kept in localStorage until all bytes are there and it is posted.

export interface UploadRecord {
  /** The upload's id, which is also its media's id. */
  id: string;
  url: string;
  /** Uploads of another account in the same browser are left alone. */
  owner: string;
  name: string;
  size_bytes: number;
  is_picture: boolean;
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

/** Read anew each time, because other tabs write here too. */
function read(): UploadRecord[] {
  try {
    const records: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(records) ? (records as UploadRecord[]) : [];
  } catch {
    return [];
  }
}

function write(records: UploadRecord[]): void {
  localStorage.setItem(KEY, JSON.stringify(records));
}
