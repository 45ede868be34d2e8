// tus-js-client, set up for us: a fresh token for each request, patience with a lost
// connection, and never a silent start from zero on an upload that exists.

import { DetailedError, Upload as Tus, type UploadOptions } from "tus-js-client";

import { Problem } from "../api/problem";
import { accessToken, refuseToken } from "../session";

/** About three minutes without a byte getting through; progress starts the count anew. */
const RETRY_AFTER_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000];

export interface Watcher {
  created(url: string, mediaId: string): void;
  progress(sentBytes: number): void;
  retrying(): void;
  done(): void;
  broken(problem: Problem): void;
}

/** Where to: `create` makes a new upload there, `resume` goes on with one that exists. */
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
      retryDelays: RETRY_AFTER_MS,
      onShouldRetry: (error) => this.#shouldRetry(error, watcher),
      onUploadUrlAvailable: () => this.#tellCreated(watcher),
      onProgress: (sent) => watcher.progress(sent),
      onSuccess: () => watcher.done(),
      onError: (error) => watcher.broken(toProblem(error)),
    });
  }

  /** Starts, or goes on after `pause` at the offset that the server tells. */
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
        // tus-js-client cannot abort what it has not sent yet; it ignores this error.
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

  /** True when a new token may help: once, and only if there was one. */
  #renewToken(): boolean {
    if (this.#usedToken === null || this.#isTokenRenewed) return false;
    refuseToken(this.#usedToken);
    this.#isTokenRenewed = true;
    return true;
  }

  #tellCreated(watcher: Watcher): void {
    const url = this.#tus.url;
    if (url === null) return;
    // From here on an error answer must not make it begin another upload at zero,
    // which is what tus-js-client does as long as it knows where to create one.
    this.#tus.options.endpoint = null;
    watcher.created(url, this.#mediaId ?? idFromUrl(url));
  }
}

/** The address ends in the id, followed by `~secret` where uploads are capability URLs. */
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
  const body = "originalResponse" in error ? error.originalResponse?.getBody() : "";
  return Problem.parse(status, body ?? "");
}

/** Browsers know no type for some containers that the server takes. */
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
