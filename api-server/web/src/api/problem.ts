// The error class for every failed request: a sentence to show, and the fields that are wrong.

import { span } from "../format";
import type { ProblemBody } from "./types";
import { fieldWords, problemWords } from "./words";

export class Problem extends Error {
  /** 0 if there was no answer. */
  readonly status: number;
  readonly code: string;
  /** Field name (the pointer without its slash) → what is wrong with it. */
  readonly fields: ReadonlyMap<string, string>;
  /** How long the server asks to wait before the next attempt; 0 if it does not. */
  retryAfterMs = 0;

  constructor(status: number, code: string, text: string, fields = new Map<string, string>()) {
    super(text);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  static unreachable(): Problem {
    return new Problem(0, "unreachable", "The server cannot be reached. Check your connection.");
  }

  /** Parses an error answer, which may be something else than problem+json. */
  static parse(status: number, body: string, retryAfter?: string | null): Problem {
    const parsed = parseBody(body);
    const code = parsed?.code ?? "unknown";
    const fields = new Map<string, string>();
    for (const { pointer, code } of parsed?.errors ?? []) {
      const name = pointer.replace(/^\//, "");
      const before = fields.get(name);
      fields.set(name, (before === undefined ? "" : `${before} `) + fieldWords(code));
    }
    const retryAfterMs = milliseconds(retryAfter);
    const again = retryAfterMs > 0 ? ` Try again in ${span(retryAfterMs)}.` : "";
    const text =
      fields.size > 0 ? [...new Set(fields.values())].join(" ") : problemWords(status, code);
    const problem = new Problem(status, code, text + again, fields);
    problem.retryAfterMs = retryAfterMs;
    return problem;
  }

  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(0, "unknown", "Something went wrong. Reload the page and try again.");
  }
}

/** `Retry-After` in seconds, which is the form that our servers send. */
function milliseconds(retryAfter: string | null | undefined): number {
  const seconds = Number(retryAfter ?? NaN);
  return seconds > 0 ? seconds * 1000 : 0;
}

function parseBody(body: string): ProblemBody | null {
  try {
    const value = JSON.parse(body) as ProblemBody | null;
    return typeof value?.code === "string" ? value : null;
  } catch {
    return null;
  }
}
