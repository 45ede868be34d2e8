// The error class for every failed request: a sentence to show, and the fields that are wrong.

import { sentence, span } from "../format";
import type { ProblemBody } from "./types";

export class Problem extends Error {
  /** 0 if there was no answer. */
  readonly status: number;
  readonly code: string;
  /** Field name (the pointer without its slash) → what is wrong with it. */
  readonly fields: ReadonlyMap<string, string>;

  constructor(status: number, code: string, detail: string, fields = new Map<string, string>()) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  static unreachable(): Problem {
    return new Problem(0, "unreachable", "The server cannot be reached. Check your connection.");
  }

  /** Parses an error answer. An answer that is not problem+json gets a text of the client. */
  static parse(status: number, body: string, retryAfter: string | null = null): Problem {
    const again = tryAgain(retryAfter);
    const parsed = parseBody(body);
    if (parsed === null) {
      return new Problem(status, "unknown", `The server answered ${status}.${again}`);
    }
    const fields = new Map<string, string>();
    for (const { pointer, detail } of parsed.errors ?? []) {
      const name = pointer.replace(/^\//, "");
      const before = fields.get(name);
      fields.set(name, (before === undefined ? "" : `${before} `) + sentence(detail));
    }
    const words = sentence(parsed.detail || parsed.title) + again;
    return new Problem(status, parsed.code, words, fields);
  }

  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(0, "unknown", error instanceof Error ? error.message : String(error));
  }
}

/** `Retry-After` in seconds, which is the form that our servers send. */
function tryAgain(retryAfter: string | null): string {
  const seconds = Number(retryAfter ?? NaN);
  return seconds > 0 ? ` Try again in ${span(seconds * 1000)}.` : "";
}

function parseBody(body: string): ProblemBody | null {
  try {
    const value = JSON.parse(body) as ProblemBody | null;
    return typeof value?.code === "string" ? value : null;
  } catch {
    return null;
  }
}
