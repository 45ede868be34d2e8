// Configures tus-js-client: a fresh token for each request, long retries after a lost connection,
// and never a restart from zero for an upload that exists.

import { DetailedError, Upload as Tus, type UploadOptions } from "tus-js-client";

import { Problem } from "../api/problem";
import { accessToken, refuseToken } from "../session";

/** About three minutes without progress; any progress resets the count. */
const RETRY_AFTER_MS = [300, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000];

export interface Watcher {
  created(url: string, mediaId: string): void;
  progress(sentBytes: number): void;
  retrying(): void;
  done(): void;
  broken(problem: Problem): void;
}

/** `create` is the URL for a new upload; `resume` is the URL of an existing one. */
export type Target = { create: string } | { resume: string };

export class Transfer {
  #tus: Tus;
  #mediaId: string | null = null;
  #usedToken: string | null = null;
  #isTokenRenewed = false;
  #paused = false;

  constructor(file: File, target: Target, watcher: Watcher) {
    this.#tus = new Tus(file, {
      ...this.#requestOptions(),
      ...("create" in target ? { endpoint: target.create } : { uploadUrl: target.resume }),
      metadata: metadata(file),
      storeFingerprintForResuming: false,
      removeFingerprintOnSuccess: false,
      retryDelays: [...RETRY_AFTER_MS],
      onShouldRetry: (error, attempt) => {
        this.#waitAsAsked(error, attempt);
        return this.#shouldRetry(error, watcher);
      },
      onUploadUrlAvailable: () => this.#tellCreated(watcher),
      onProgress: (sent) => watcher.progress(sent),
      onSuccess: () => watcher.done(),
      onError: (error) => watcher.broken(toProblem(error)),
    });
  }

  /** Starts, or continues after `pause` at the offset that the server returns. */
  start(): void {
    this.#paused = false;
    this.#tus.start();
  }

  async pause(): Promise<void> {
    this.#paused = true;
    await this.#tus.abort();
  }

  #requestOptions(): Pick<UploadOptions, "onBeforeRequest" | "onAfterResponse"> {
    return {
      onBeforeRequest: async (request) => {
        this.#usedToken = await accessToken();
        // tus-js-client cannot abort a request that it has not sent yet; ignore this error.
        if (this.#paused) throw new Error("paused");
        if (this.#usedToken !== null) {
          request.setHeader("Authorization", `Bearer ${this.#usedToken}`);
        }
      },
      onAfterResponse: (_request, response) => {
        if (response.getStatus() !== 401) this.#isTokenRenewed = false;
        this.#mediaId = response.getHeader("Pawl-Media-Id") ?? this.#mediaId;
      },
    };
  }

  #shouldRetry(error: Error | DetailedError, watcher: Watcher): boolean {
    const status = statusOf(error);
    if (status === 401) return this.#renewToken();
    const passes = status < 400 || status >= 500 || [409, 423, 429].includes(status);
    if (passes) watcher.retrying();
    return passes;
  }

  /** tus-js-client reads the delay of this attempt next; it does not know `Retry-After`. */
  #waitAsAsked(error: Error | DetailedError, attempt: number): void {
    const usual = RETRY_AFTER_MS[attempt];
    const delays = this.#tus.options.retryDelays;
    if (usual === undefined || delays == null) return;
    delays[attempt] = Math.max(toProblem(error).retryAfterMs, usual) * (1 + Math.random() / 4);
  }

  /** Whether a new token may help: at most once, and only if there was a token. */
  #renewToken(): boolean {
    if (this.#usedToken === null || this.#isTokenRenewed) return false;
    refuseToken(this.#usedToken);
    this.#isTokenRenewed = true;
    return true;
  }

  #tellCreated(watcher: Watcher): void {
    const url = this.#tus.url;
    if (url === null) return;
    // tus-js-client creates a new upload after an error as long as it knows the creation URL.
    // Remove that URL, so that it cannot start again at zero.
    this.#tus.options.endpoint = null;
    watcher.created(url, this.#mediaId ?? idFromUrl(url));
  }
}

/** The URL ends in the id, followed by `~secret` if uploads are capability URLs. */
function idFromUrl(url: string): string {
  const last = decodeURIComponent(new URL(url).pathname.split("/").pop() ?? "");
  return last.split("~")[0] ?? last;
}

function statusOf(error: Error | DetailedError): number {
  return "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

function toProblem(error: Error | DetailedError): Problem {
  const status = statusOf(error);
  if (status === 0) return Problem.unreachable();
  const response = "originalResponse" in error ? error.originalResponse : null;
  return Problem.parse(status, response?.getBody() ?? "", response?.getHeader("Retry-After"));
}

/** Browsers know no type for some containers that the server accepts. */
const TYPES: Record<string, string> = {
  avi: "video/x-msvideo",
  flv: "video/x-flv",
  m4v: "video/mp4",
  mkv: "video/x-matroska",
  mov: "video/quicktime",
  mp4: "video/mp4",
  mts: "video/mp2t",
  ts: "video/mp2t",
  webm: "video/webm",
};

export function typeOf(file: File): string {
  const extension = file.name.split(".").pop()?.toLowerCase() ?? "";
  return file.type || (TYPES[extension] ?? "");
}

function metadata(file: File): Record<string, string> {
  const type = typeOf(file);
  return type === "" ? { filename: file.name } : { filename: file.name, filetype: type };
}
