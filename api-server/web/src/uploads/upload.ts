// One upload as views see it: an observable state and four actions.

import { deleteMedia } from "../api/calls";
import { Problem } from "../api/problem";
import { bytes } from "../format";
import { Store } from "../store";
import { fingerprint } from "./fingerprint";
import { removeRecord, saveRecord, type UploadRecord } from "./record";
import { readOffset, terminate } from "./server";
import { SpeedMeter } from "./speed";
import { lockUpload, type Release } from "./tab-lock";
import { thumbnailOf } from "./thumbnail";
import { Transfer, typeOf, type Target } from "./transfer";

export type Phase =
  | "starting" // creating the upload on the server
  | "sending"
  | "paused"
  | "waiting" // after a reload, until the user chooses the file again
  | "elsewhere" // another tab is sending it
  | "broken" // an error; the user can retry while the file is available
  | "gone" // the upload no longer exists on the server
  | "done" // the server has all bytes
  | "failed"; // the server has all bytes and cannot use them

/** Whether the server has all bytes. */
export function isWhole(phase: Phase): boolean {
  return phase === "done" || phase === "failed";
}

export interface UploadState {
  phase: Phase;
  /** Bytes sent; after a pause or a reload, the bytes that the server has acknowledged. */
  sent: number;
  /** Bytes per second. */
  speed: number | null;
  message: string | null;
}

const FRESH: UploadState = { phase: "starting", sent: 0, speed: null, message: null };

export class Upload {
  readonly name: string;
  readonly size: number;
  readonly isPicture: boolean;
  readonly state = new Store<UploadState>(FRESH);
  /** The media item's id as soon as the upload exists; rejects if it could not be created. */
  readonly created: Promise<string>;

  /** A picture that was chosen on this page. */
  #local: string | null;
  #thumbnail: string | null = null;
  #record: UploadRecord | null = null;
  #file: File | null = null;
  #transfer: Transfer | null = null;
  #release: Release | null = null;
  #speed = new SpeedMeter();
  #settleCreated: { resolve: (id: string) => void; reject: (problem: Problem) => void };

  private constructor(name: string, size: number, file: File | null, isPicture: boolean) {
    this.name = name;
    this.size = size;
    this.isPicture = isPicture;
    this.#local = isPicture && file !== null ? URL.createObjectURL(file) : null;
    const { promise, resolve, reject } = deferred<string>();
    this.created = promise;
    this.#settleCreated = { resolve, reject };
    promise.catch(() => undefined);
  }

  /** Starts at once, while the user writes the text. */
  static begin(file: File, endpoint: string, owner: string): Upload {
    const upload = new Upload(file.name, file.size, file, typeOf(file).startsWith("image/"));
    upload.#file = file;
    if (upload.isPicture) void thumbnailOf(file).then((url) => upload.#keepThumbnail(url));
    void fingerprint(file).then(
      (mark) => upload.#send({ create: endpoint }, owner, mark),
      () => upload.#break(new Problem(0, "unreadable", `“${file.name}” cannot be read.`)),
    );
    return upload;
  }

  /** An upload of an earlier page: it waits for its file. */
  static recall(record: UploadRecord): Upload {
    const upload = new Upload(record.name, record.size_bytes, null, record.is_picture);
    upload.#record = record;
    upload.#thumbnail = record.thumbnail ?? null;
    upload.#settleCreated.resolve(record.id);
    if (record.complete) upload.#set({ phase: "done", sent: record.size_bytes });
    else void upload.lookAgain();
    return upload;
  }

  get id(): string | null {
    return this.#record?.id ?? null;
  }

  /** The picture itself, or after a reload a small copy of it. */
  get preview(): string | null {
    return this.#local ?? this.#thumbnail;
  }

  get isPosted(): boolean {
    return this.#record?.posted ?? false;
  }

  async pause(): Promise<void> {
    this.#set({ phase: "paused", speed: null, message: null });
    await this.#transfer?.pause();
  }

  resume(): void {
    this.#speed.reset();
    this.#set({ phase: "sending", speed: null, message: null });
    this.#transfer?.start();
  }

  /**
   * Continues with the file that the user chose again; throws a `Problem` if it is a different
   * file.
   */
  async continueWith(file: File): Promise<void> {
    const record = this.#record;
    if (record === null) return;
    if (file.size !== this.size || (await fingerprint(file)) !== record.fingerprint) {
      const got = `“${file.name}” (${bytes(file.size)})`;
      const wanted = `“${this.name}” (${bytes(this.size)})`;
      throw new Problem(
        0,
        "other_file",
        `${got} is a different file. This upload needs ${wanted}.`,
      );
    }
    this.#file = file;
    await this.#send({ resume: record.url }, record.owner, record.fingerprint);
  }

  /** Stops the upload in this client; the server keeps the bytes it has. */
  leave(): void {
    void this.#transfer?.pause();
    this.#letGo();
  }

  /** Asks the server for the offset, unless another tab is sending. */
  async lookAgain(): Promise<void> {
    const record = this.#record;
    if (record === null) return;
    this.#set({ phase: "waiting", message: null });
    const release = await lockUpload(record.id);
    if (release === null) return this.#set({ phase: "elsewhere" });
    try {
      const offset = await readOffset(record.url);
      // The user chose the file meanwhile, in a browser without locks.
      if (this.#transfer !== null) return;
      if (offset === null) this.#set({ phase: "gone", message: "This upload no longer exists." });
      else if (offset === this.size) this.#finish();
      else this.#set({ phase: "waiting", sent: offset });
    } catch (error) {
      this.#set({ message: Problem.from(error).message });
    } finally {
      release();
    }
  }

  /** The server could not use the complete file. */
  fail(why: string): void {
    this.#set({ phase: "failed", message: why });
  }

  /** The upload now belongs to a post. If it is complete, its record is removed. */
  markPosted(): void {
    if (this.#record === null) return;
    this.#record = { ...this.#record, posted: true };
    if (this.#record.complete) removeRecord(this.#record.id);
    else saveRecord(this.#record);
  }

  /** Terminates the upload and deletes its media item. */
  async discard(): Promise<void> {
    const { phase } = this.state.get();
    this.#settleCreated.reject(new Problem(0, "discarded", "The upload was discarded."));
    await this.#transfer?.pause();
    if (this.#record !== null && isWhole(phase)) await deleteOwn(this.#record.id);
    else if (this.#record !== null && phase !== "gone") await terminate(this.#record.url);
    this.#letGo();
    if (this.#record !== null) removeRecord(this.#record.id);
    if (this.#local !== null) URL.revokeObjectURL(this.#local);
    this.#set({ phase: "gone", speed: null, message: null });
  }

  async #send(target: Target, owner: string, mark: string): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    if (this.#record !== null) {
      this.#release = await lockUpload(this.#record.id);
      if (this.#release === null) return this.#set({ phase: "elsewhere" });
      this.#set({ phase: "sending", message: null });
    }
    this.#transfer = new Transfer(file, target, {
      created: (url, id) => this.#keep({ id, url, owner, fingerprint: mark }),
      progress: (sent) => this.#progress(sent),
      retrying: () => this.#set({ speed: null, message: "Connection lost, trying again…" }),
      done: () => this.#finish(),
      broken: (problem) => this.#break(problem),
    });
    this.#transfer.start();
  }

  #keep(known: Pick<UploadRecord, "id" | "url" | "owner" | "fingerprint">): void {
    if (this.#record !== null) return;
    const { name, size: size_bytes, isPicture: is_picture } = this;
    const file = { name, size_bytes, is_picture, thumbnail: this.#thumbnail };
    this.#record = { ...known, ...file, complete: false, posted: false };
    saveRecord(this.#record);
    void lockUpload(known.id).then((release) => {
      // A small file may already be complete.
      if (this.#transfer === null) release?.();
      else this.#release = release;
    });
    this.#set({ phase: "sending" });
    this.#settleCreated.resolve(known.id);
  }

  /** It may be ready before or after the upload is created. */
  #keepThumbnail(thumbnail: string | null): void {
    this.#thumbnail = thumbnail;
    if (this.#record === null || this.#record.posted) return;
    this.#record = { ...this.#record, thumbnail };
    saveRecord(this.#record);
  }

  #progress(sent: number): void {
    if (this.state.get().phase !== "sending") return;
    this.#set({ sent, speed: this.#speed.add(sent), message: null });
  }

  #finish(): void {
    this.#letGo();
    if (this.#record !== null) {
      this.#record = { ...this.#record, complete: true };
      if (this.#record.posted) removeRecord(this.#record.id);
      else saveRecord(this.#record);
    }
    this.#set({ phase: "done", sent: this.size, speed: null, message: null });
  }

  #break(problem: Problem): void {
    this.#settleCreated.reject(problem);
    const phase = problem.status === 404 || problem.status === 410 ? "gone" : "broken";
    this.#set({ phase, speed: null, message: problem.message });
  }

  #letGo(): void {
    this.#release?.();
    this.#release = null;
    this.#file = null;
    this.#transfer = null;
  }

  #set(change: Partial<UploadState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

/** A media item that no longer exists is not an error. */
async function deleteOwn(id: string): Promise<void> {
  try {
    await deleteMedia(id);
  } catch (error) {
    if (Problem.from(error).status !== 404) throw error;
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Problem) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
